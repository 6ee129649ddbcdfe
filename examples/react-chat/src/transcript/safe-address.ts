const longestDataUrl = 500_000;

/** The address of a link that an agent or a user wrote, if it leads to the web, to mail or to a phone; else null. */
export function safeLink(address: string | undefined): string | null {
  const url = parse(address);
  return url !== null && ['https:', 'http:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : null;
}

/** The address of an image that may be loaded: over TLS, or an image that the address itself holds. */
export function safeImage(address: string | undefined): string | null {
  const url = parse(address);
  if (url === null) return null;
  if (url.protocol === 'https:') return url.href;
  const isImage = /^data:image\/(?:png|jpeg|gif|webp|avif)[;,]/i.test(url.href);
  return isImage && url.href.length <= longestDataUrl ? url.href : null;
}

/** Only a whole address: what is relative would lead into this page. */
function parse(address: string | undefined): URL | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  // `https://example.com@elsewhere.example` is there to be misread.
  return url.username === '' && url.password === '' ? url : null;
}
