/** Bounds on a request and on an error's answer, which callers meet on the wire. Characters are UTF-16 units. */
export const wireLimits = {
  /** A user's message, after trimming. */
  textChars: 8_000,
  /** The same as JSON, in which a control character takes six: it is stored, and answered, several times. */
  textJsonChars: 16_002,
  /** The name of a card's action: its verb, else its id. It is put into the query and kept in the transcript. */
  cardActionNameChars: 200,
  /** Places in an input that superjson may mark as `undefined`, and the characters of a place's path. */
  undefinedMarks: 50,
  undefinedMarkChars: 200,
  /**
   * The issues that an error lists, and the characters of one's path and message; the error's own message is bounded
   * too.
   */
  issues: 20,
  issuePathChars: 120,
  issueMessageChars: 300,
  errorMessageChars: 600,
} as const;
