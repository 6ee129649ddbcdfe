/** Follows an address that an agent gave, if it leads to the web; the page it leads to learns nothing of this one. */
export function openInNewTab(address: string | undefined): void {
  if (address === undefined || !URL.canParse(address)) return;
  const { protocol, href } = new URL(address);
  if (protocol === 'https:' || protocol === 'http:') window.open(href, '_blank', 'noopener,noreferrer');
}
