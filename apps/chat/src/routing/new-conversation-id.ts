/** 128 random bits. `crypto.randomUUID` is missing on pages that come without TLS from another machine. */
export function newConversationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
