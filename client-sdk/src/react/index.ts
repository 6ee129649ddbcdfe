/** `@turnkeeper/client/react`: conversations as React hooks, on TanStack Query. */
export { TurnkeeperProvider, useTurnkeeperClient } from './provider.ts';
export { useConversation } from './use-conversation.ts';
export { useConversations } from './use-conversations.ts';
export { useDefinitions } from './use-definitions.ts';
export type {
  ConversationStatus,
  ConversationView,
  ConversationsView,
  DefinitionsView,
  Ending,
  LiveAnswer,
  OtherTurn,
  PendingTurn,
  SendCardOptions,
  SendOptions,
  ShownMessage,
  TurnkeeperProviderProps,
  UseConversationOptions,
  UseConversationsOptions,
  WatchConnection,
} from './types.ts';
