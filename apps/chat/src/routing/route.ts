/** Where in the page somebody is; all of it stands in the address, so that a reload or a second tab finds it again. */
export type Route =
  | { readonly page: 'start' }
  | { readonly page: 'conversation'; readonly conversationId: string }
  /** A conversation that its first turn is yet to open. */
  | { readonly page: 'new'; readonly workflowId: string; readonly conversationId: string };

export function parseRoute(hash: string): Route {
  const [page, first, second] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decoded);
  if (page === 'c' && isId(first)) return { page: 'conversation', conversationId: first };
  if (page === 'new' && isId(first) && isId(second)) {
    return { page: 'new', workflowId: first, conversationId: second };
  }
  return { page: 'start' };
}

export function hashOf(route: Route): string {
  switch (route.page) {
    case 'start':
      return '#/';
    case 'conversation':
      return `#/c/${encodeURIComponent(route.conversationId)}`;
    case 'new':
      return `#/new/${encodeURIComponent(route.workflowId)}/${encodeURIComponent(route.conversationId)}`;
  }
}

function isId(part: string | undefined): part is string {
  return part !== undefined && part !== '';
}

/** A malformed address leads to the start page, not to an error. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
