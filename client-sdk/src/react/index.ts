/** `@turnkeeper/client/react`: conversations as React hooks, on TanStack Query. */
export { TurnkeeperProvider, useTurnkeeperClient } from './provider.ts';
export type { TurnkeeperProviderProps } from './provider.ts';
export { useConversation } from './use-conversation.ts';
export type { UseConversationOptions } from './use-conversation.ts';
export { useConversations } from './use-conversations.ts';
export type { ConversationsView, UseConversationsOptions } from './use-conversations.ts';
export { useDefinitions } from './use-definitions.ts';
export type { DefinitionsView } from './use-definitions.ts';
export type {
  ConversationStatus,
  ConversationView,
  Ending,
  LiveAnswer,
  OtherTurn,
  PendingTurn,
  SendCardOptions,
  SendFieldsOptions,
  SendOptions,
  ShownMessage,
  WatchConnection,
} from './session/conversation-view.ts';
