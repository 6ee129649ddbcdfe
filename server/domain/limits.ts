import { wireLimits } from '../../contract/limits.ts';

/** Bounds on what is unbounded by nature (docs/architecture.md, Trust). Characters are UTF-16 units. */
export const limits = {
  ...wireLimits,
  /** What one turn's answer may hold in all, as JSON, the pieces of streamed texts included. */
  answerChars: 16_000_000,
  answerActivities: 20_000,
  /** How deep an activity may be nested; what lies deeper is cut off before anything reads it. */
  activityDepth: 100,
  messagesPerTurn: 100,
  /** How much of an answer is looked at, whether anything comes of it or not. */
  attachmentsPerTurn: 500,
  buttonsPerTurn: 2_500,
  citationsRead: 1_000,
  /** What a turn's messages may hold in all, as JSON. */
  messagesChars: 1_000_000,
  messageChars: 100_000,
  /** How much text of a turn is read, and of one text; nothing that is said comes near. */
  readTextChars: 1_000_000,
  readCharsOfText: 400_000,
  /** Streams of a turn; pieces of more are signs of typing. */
  streams: 200,
  /** Values of one activity; what goes beyond is left out before anything reads it. */
  activityValues: 20_000,
  /** Suggestions of one message; the value of one is at most what a user may say (textChars). */
  suggestedActions: 20,
  suggestedActionTitleChars: 500,
  /** A card's nesting, how many values it may hold, and its length as JSON. */
  cardDepth: 64,
  cardValues: 5_000,
  cardChars: 250_000,
  contentTypeChars: 200,
  attachmentUrlChars: 4_096,
  attachmentNameChars: 500,
  /** What an agent is told of the past where its own conversation can't go on. */
  retoldTurns: 5,
  retoldMessageChars: 500,
  /** How much of the transcript is read at a time, for a turn, a page or a watcher, whatever number of turns was asked for. */
  loadedTurnsBytes: 262_144,
  /** States of a page of the list that are read at once, and how much of all of them a page holds. */
  listedStateBytes: 16_384,
  listedStatesBytes: 1_048_576,
  /** Cards of one conversation that can still be acted on. */
  shownCards: 20,
  /** What is shown of one turn's answer while it comes; the rest is seen once it is committed. */
  liveChars: 100_000,
  /** Messages that wait for a watcher who is slow; it is dropped beyond. */
  watcherMessages: 1_000,
  /** Turns that are read at a time for a watcher who is behind. */
  followedTurns: 10,
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
