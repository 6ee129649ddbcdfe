const longestDataUrl = 500_000;

/** The address of a link that an agent or a user wrote, if it leads to the web, to mail or to a phone; else null. */
export function safeLink(address: string | undefined): string | null {
  const url = parse(address);
  return url !== null && ['https:', 'http:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : null;
}

/** The address of an image that may be loaded: over TLS from a host that is allowed, or one that the address itself holds. */
export function safeImage(address: string | undefined, hosts: readonly string[]): string | null {
  const url = parse(address);
  if (url === null) return null;
  if (url.protocol === 'https:') return isAmong(url.host, hosts) ? url.href : null;
  const isImage = /^data:image\/(?:png|jpeg|gif|webp|avif)[;,]/i.test(url.href);
  return isImage && url.href.length <= longestDataUrl ? url.href : null;
}

/** Whether a host is among those: by its name and port, or as a part of `*.example.com`. */
function isAmong(host: string, hosts: readonly string[]): boolean {
  return hosts.some((allowed) =>
    allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed,
  );
}

/** Only a whole address: what is relative would lead into this page. */
function parse(address: string | undefined): URL | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  // `https://example.com@elsewhere.example` is there to be misread.
  return url.username === '' && url.password === '' ? url : null;
}
