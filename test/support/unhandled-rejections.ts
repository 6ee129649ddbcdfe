/** Notes promises whose rejection nobody handles while it is held by `using`. */
export function watchUnhandledRejections() {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  return {
    unhandled,
    [Symbol.dispose]: () => {
      process.off('unhandledRejection', note);
    },
  };
}
