import { wireLimits } from '../../contract/limits.ts';

/** Bounds on inputs and answers that have none by nature (docs/architecture.md, Trust). Characters are UTF-16 units. */
export const limits = {
  ...wireLimits,
  /** A turn's whole answer as JSON, including the pieces of streamed texts. */
  answerChars: 16_000_000,
  answerActivities: 20_000,
  /** Nesting of an activity; deeper values are cut off before anything reads them. */
  activityDepth: 100,
  messagesPerTurn: 100,
  /** Attachments, buttons and citations that are read, whether they become part of a message or not. */
  attachmentsPerTurn: 500,
  buttonsPerTurn: 2_500,
  citationsRead: 1_000,
  /** A turn's messages in all, as JSON. */
  messagesChars: 1_000_000,
  messageChars: 100_000,
  /** The text that is read of a turn in all, and of one of its texts; no real answer is as long. */
  readTextChars: 1_000_000,
  readCharsOfText: 400_000,
  /** Streams of a turn; pieces of more are signs of typing. */
  streams: 200,
  /** Values of one activity; further ones are left out before anything reads them. */
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
  /** The past turns that the query retells to an agent whose own conversation can't continue. */
  retoldTurns: 5,
  retoldMessageChars: 500,
  /** The part of the transcript that one read returns at most, however many turns it asked for. */
  loadedTurnsBytes: 262_144,
  /** Entries of the log after one that is whole, and their characters: the next one is whole again. */
  logChanges: 64,
  logChangesChars: 65_536,
  /** Entries of the log that one commit deletes; it keeps their turn ids as bits. */
  forgottenAtOnce: 2,
  /** The longest state that a list reads together with the others of its page, and all states of a page together. */
  listedStateBytes: 16_384,
  listedStatesBytes: 1_048_576,
  /** Cards of one conversation that can still be acted on. */
  shownCards: 20,
  /** Part of one turn's answer that is shown while it comes; the rest is seen once it is committed. */
  liveChars: 100_000,
  /** Messages that wait for a slow watcher; a watcher with more is dropped. */
  watcherMessages: 1_000,
  /** Turns that are read at a time for a watcher that is behind. */
  followedTurns: 10,
  /** Structure in an answer: its text, its nesting, and how many values it may hold. */
  structureChars: 65_536,
  structureDepth: 32,
  structureValues: 5_000,
  /** The facts that a conversation is opened with, as JSON: they are in its state. */
  contextChars: 8_000,
  /** Faults in an answer's structure, after which the search for a good one stops. */
  structureFaults: 1_000,
  /** Values of a turn that the checks refuse one by one; of a group with more, all changes are refused. */
  checkedSingly: 20,
  /** The choices that are read of one lookup, the characters of a value or title, and of what is looked for. */
  choicesFound: 1_000,
  choiceChars: 500,
  lookupQueryChars: 200,
  /** Time for one lookup of choices, in milliseconds. */
  lookupMs: 5_000,
  parseIssues: 20,
  citations: 50,
  citationChars: 2_048,
} as const;
