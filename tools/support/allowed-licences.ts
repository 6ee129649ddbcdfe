const allowed: ReadonlySet<string> = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'OFL-1.1'],
]);

/**
 * Says whether packages of a licence, an SPDX id, may be shipped: these licences ask for their notices to be kept, and
 * nothing of the code around them. OFL-1.1 is the licence of the chat page's typeface. An expression
 * (`MIT OR GPL-2.0-only`) is none of them: a person has to look at it.
 */
export function isAllowed(licence: string): boolean {
  return allowed.has(licence);
}
