/** Bounds on what is unbounded by nature (docs/architecture.md, Trust). Characters are UTF-16 units. */
export const limits = {
  /** A user's message, after trimming. */
  textChars: 8_000,
  /** What one turn's answer may hold in all, as JSON. */
  answerChars: 1_000_000,
  answerActivities: 1_000,
  messagesPerTurn: 100,
  messageChars: 100_000,
  suggestedActions: 20,
  /** What an agent is told of the past where its own conversation can't go on. */
  retoldTurns: 5,
  retoldMessageChars: 500,
  /** Cards of one conversation that can still be acted on. */
  shownCards: 20,
  /** Structure in an answer: its text, its nesting, and how many values it may hold. */
  structureChars: 65_536,
  structureDepth: 32,
  structureValues: 5_000,
  /** Faults in an answer's structure after which no good one is looked for any more. */
  structureFaults: 1_000,
  parseIssues: 20,
  citations: 50,
  citationChars: 2_048,
} as const;
