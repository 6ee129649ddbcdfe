const maxDataUrlLength = 500_000;

/** Returns the address of a link if it is a web, mail or phone address, otherwise null. */
export function safeLink(address: string | undefined): string | null {
  const url = parse(address);
  return url !== null && ['https:', 'http:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : null;
}

/** Returns the address of an image that may be loaded: HTTPS from an allowed host, or a `data:` URL. */
export function safeImage(address: string | undefined, hosts: readonly string[]): string | null {
  const url = parse(address);
  if (url === null) return null;
  if (url.protocol === 'https:') return isAllowed(url.host, hosts) ? url.href : null;
  const isImage = /^data:image\/(?:png|jpeg|gif|webp|avif)[;,]/i.test(url.href);
  return isImage && url.href.length <= maxDataUrlLength ? url.href : null;
}

/** Returns whether a host matches by name and port, or as a subdomain of `*.example.com`. */
function isAllowed(host: string, hosts: readonly string[]): boolean {
  return hosts.some((allowed) =>
    allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed,
  );
}

/** Accepts absolute addresses only: a relative one would lead into this page. */
function parse(address: string | undefined): URL | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  // `https://example.com@elsewhere.example` is made to mislead.
  return url.username === '' && url.password === '' ? url : null;
}
