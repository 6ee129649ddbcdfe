/** `@turnkeeper/client`: the typed client of a Turnkeeper server. */
export { TurnkeeperClientError, hasReason, isTurnkeeperError } from './client-error.ts';
export type { ClientFailureReason } from './client-error.ts';
export type {
  CallOptions,
  Conversation,
  ResumedConversation,
  SubmitCardOptions,
  TurnOptions,
  WatchOptions,
} from './conversation.ts';
export { createTurnkeeperClient } from './create-turnkeeper-client.ts';
export type {
  ConversationPage,
  ConversationResult,
  DefinitionResult,
  EndRequest,
  EndResult,
  GetRequest,
  ListRequest,
  Message,
  TurnInput,
  TurnResult,
  WatchEvent,
  WatchInterrupted,
  WhenBusy,
} from './results.ts';
export type { TurnkeeperClient, TurnkeeperClientOptions } from './turnkeeper-client.ts';
export type { RetryPolicy } from './with-retries.ts';
