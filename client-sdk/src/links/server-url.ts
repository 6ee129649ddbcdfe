/**
 * Returns the address of a server's API. A mistake throws when the client is created, because no call could ever
 * succeed.
 * @param page the address of the page on which the client runs, for relative addresses
 * @throws TypeError
 */
export function apiUrlOf(url: string, page: string | undefined = addressOfPage()): string {
  const api = `${url}/trpc`.replace(/\/+\/trpc$/, '/trpc');
  if (/[?#]/.test(api) || !isAddress(url, page)) {
    // A password must not appear in an error.
    const given = api.includes('@') ? '' : ` It is "${url}".`;
    throw new TypeError(
      `url must begin with http:// or https:// (or, on a web page, be relative), without password and query.${given}`,
    );
  }
  return api;
}

function isAddress(url: string, page: string | undefined): boolean {
  try {
    const { protocol, username, password } = new URL(url, page);
    return /^https?:$/.test(protocol) && username + password === '';
  } catch {
    return false;
  }
}

/** Returns the address of the page, or of the worker, if there is one. */
function addressOfPage(): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  return location?.href;
}
