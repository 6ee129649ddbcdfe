/** A page and its parameters. All of it is in the address, so a reload or a second tab shows the same page. */
export type Route =
  | { readonly page: 'start' }
  | { readonly page: 'conversation'; readonly conversationId: string }
  /** A conversation that its first turn will open. */
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

/** Returns '' for a malformed part: the route is then the start page, not an error. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** Returns 128 random bits. `crypto.randomUUID` is missing on pages without TLS from another machine. */
export function newConversationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
