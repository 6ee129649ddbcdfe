/** Requests as the bytes that a client sends, for tests of what no client library would send. */

/** The bytes of a text, as `rawRequest` takes them. */
export const bytes = (text: string | Buffer): string => Buffer.from(text).toString('latin1');
export const json = (value: unknown): string => bytes(JSON.stringify(value));
export const encoded = (value: unknown): string => encodeURIComponent(JSON.stringify(value));

/** A request by its request line, its further headers, and its body. */
export type Sent = readonly [line: string, headers?: readonly string[], body?: string];

export const asJson = 'Content-Type: application/json';
export const post = (target: string, body: string, headers: readonly string[] = [asJson]): Sent => [
  `POST /trpc/${target} HTTP/1.1`,
  [...headers, `Content-Length: ${body.length}`],
  body,
];
export const get = (target: string, headers: readonly string[] = []): Sent => [
  `GET /trpc/${target} HTTP/1.1`,
  headers,
];

export const conversationId = 'c';
export const opening = { conversationId, workflowId: 'travel', turnId: 't-1', input: { type: 'open' } };
export const said = (text: string, more: object = {}) => ({
  json: { conversationId, input: { type: 'text', text }, ...more },
});
export const open = json({ json: opening });
