/** Records unhandled promise rejections; use with `using`. */
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
