/** 128 random bits in hex. Not a UUID: browsers make those in secure contexts only, and an intranet may be plain HTTP. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
