/**
 * Resolves once the commands that were sent are written, and before a reply to them is read: a connection writes them
 * at the end of a turn of the event loop (server/redis/connection/write-together.ts).
 */
export async function afterWriting(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
