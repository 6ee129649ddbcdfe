/** Who is calling, as the verified credentials say. Everything that is read or written is keyed by it (I8). */
export interface Identity {
  readonly tenant: string;
  readonly user: string;
}

/** Which conversation: its id means something only within its tenant and user. */
export interface ConversationKey extends Identity {
  readonly conversationId: string;
}
