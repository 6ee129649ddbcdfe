/** `@turnkeeper/client`: the typed client of a Turnkeeper server. */
export type { TokenProvider, TokenRequest } from './links/token-link.ts';
export { TurnkeeperClientError, hasReason, isTurnkeeperError } from './links/client-error.ts';
export type { ClientFailureReason } from './links/client-error.ts';
export type {
  CallOptions,
  ChoicesOptions,
  Conversation,
  ResumedConversation,
  SetFieldsOptions,
  StopOptions,
  SubmitCardOptions,
  TurnOptions,
  WatchOptions,
} from './conversation.ts';
export type { EndRequest, GetRequest, WatchEvent, WatchInterrupted, WorkflowIdOf } from './results.ts';
export { createTurnkeeperClient } from './turnkeeper-client.ts';
export type { TurnkeeperClient, TurnkeeperClientOptions } from './turnkeeper-client.ts';
export type { Retry, RetryPolicy } from './links/retry-policy.ts';
export type { FailureReason, Issue } from '../../contract/errors.ts';
export type {
  ChoicesPage,
  ConversationPage,
  ConversationResult,
  ConversationResultOf,
  DefinitionResult,
  EndResult,
  EndResultOf,
  ExtractedPayload,
  FirstValue,
  ListedConversation,
  LookupOutcome,
  OfConversation,
  RejectedField,
  StopResult,
  Timings,
  TokenUsage,
  TurnMetadata,
  TurnResult,
  TurnResultOf,
} from '../../contract/results.ts';
export type { Message, SuggestedAction } from '../../contract/message.ts';
export type {
  Choice,
  FieldSource,
  InputType,
  OpenField,
  Progress,
  StepProgress,
  StepState,
  SuggestedInput,
  Summary,
  WorkflowState,
} from '../../contract/workflow-state.ts';
export type {
  ChoicesRequest,
  EndConversationRequest,
  GetConversationRequest,
  ListRequest,
  Opening,
  StopRequest,
  TurnInput,
  TurnRequest,
  WhenBusy,
} from '../../contract/inputs.ts';
export type { FieldsToSet, TypesOf } from '../../contract/workflow-types.ts';
export type {
  CommittedTurnOf,
  CommonWatchEvent,
  FinishedConversationOf,
  ServerWatchEvent,
} from '../../contract/watch-events.ts';
export type { Json } from '../../workflows/definition/json.ts';
export type { ShippedDefinition } from '../../contract/shipped.ts';
export type {
  GroupOperation,
  JsonWorkflowId,
  JsonWorkflowTypes,
  TypedDefinition,
  WorkflowShape,
} from '../../workflows/definition/types.ts';
