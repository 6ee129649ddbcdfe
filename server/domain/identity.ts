/** The caller, as the verified credentials say. Every read and write is keyed by it (I8). */
export interface Identity {
  readonly tenant: string;
  readonly user: string;
}

/** The full name of a conversation: its id means something only within its tenant and user. */
export interface ConversationKey extends Identity {
  readonly conversationId: string;
}
