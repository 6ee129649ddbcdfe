/**
 * A request's body that can be read only once. One that `fetch` can read again it sends again, to whoever answers 421
 * (RFC 9110, 15.5.20).
 */
export function singleUseBody(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}
