/** `@turnkeeper/client`: the typed client of a Turnkeeper server. */
export type { TokenProvider, TokenRequest } from './access-token.ts';
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
  ConversationResult,
  EndRequest,
  EndResult,
  GetRequest,
  TurnResult,
  WatchEvent,
  WatchInterrupted,
  WorkflowIdOf,
} from './results.ts';
export type { TurnkeeperClient, TurnkeeperClientOptions } from './turnkeeper-client.ts';
export type { Retry, RetryPolicy } from './with-retries.ts';
export type { FailureReason, Issue } from '../../server/domain/errors.ts';
export type { RejectedField } from '../../server/domain/merge-fields.ts';
export type { Message, SuggestedAction } from '../../server/domain/message.ts';
export type { ExtractedPayload } from '../../server/domain/parsed-turn.ts';
export type { Progress } from '../../server/domain/progress.ts';
export type { Timings } from '../../server/domain/result.ts';
export type { SuggestedInput } from '../../server/domain/suggested-input.ts';
export type { Summary } from '../../server/domain/summary-schema.ts';
export type { DefinitionView as DefinitionResult } from '../../server/orchestrator/describe-definitions.ts';
export type {
  EndConversationRequest,
  GetConversationRequest,
  ListRequest,
  TurnInput,
  TurnRequest,
  WhenBusy,
} from '../../server/router/requests.ts';
export type {
  EndOutput,
  EndOutputOf,
  GetOutput,
  GetOutputOf,
  ListOutput as ConversationPage,
  ListedConversation,
  OfConversation,
  TurnOutput,
  TurnOutputOf,
  TypedProgress,
  TypedSuggestedInput,
  TypedTurn,
  TypesOf,
  WorkflowState,
} from '../../server/router/results.ts';
export type {
  CommittedTurnOf,
  CommonWatchEvent,
  FinishedConversationOf,
  WatchOutput,
} from '../../server/router/watch-results.ts';
export type { Json } from '../../workflows/definition/json.ts';
export type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
export type {
  JsonWorkflowId,
  JsonWorkflowTypes,
  TypedDefinition,
  WorkflowShape,
} from '../../workflows/definition/types.ts';
