/**
 * The first characters (UTF-16 units) of a text: one less where the cut would fall between the two halves of a
 * surrogate pair, because half a character is not well-formed text.
 */
export function firstChars(text: string, atMost: number): string {
  if (text.length <= atMost) return text;
  const last = text.charCodeAt(atMost - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? atMost - 1 : atMost);
}

/** The text, or its beginning with an ellipsis, in so many characters at most. */
export function cutTo(text: string, atMost: number): string {
  return text.length <= atMost ? text : `${firstChars(text, atMost - 1)}…`;
}
