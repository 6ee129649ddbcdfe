/**
 * The address of the API below a server's. A mistake in it is told as the client is made, because no call could ever succeed.
 * @param page the address of the page that the client is on, which a relative one is relative to
 * @throws TypeError
 */
export function apiUrlOf(url: string, page: string | undefined = addressOfPage()): string {
  const api = `${url}/trpc`.replace(/\/+\/trpc$/, '/trpc');
  if (/[?#]/.test(api) || !isAddress(url, page)) {
    // A password is not shown.
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

/** Where there is a page, or a worker of one. */
function addressOfPage(): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  return location?.href;
}
