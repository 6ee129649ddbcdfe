/** Whether a text is an address that a client may offer as a link: `javascript:` and the like are not. */
export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
