import { startTcpProxy } from './tcp-proxy.ts';

/** One address in front of several servers, like a load balancer; use with `await using`. */
export async function startFront(firstTarget: string) {
  let target = new URL(firstTarget);
  const proxy = await startTcpProxy({ target: () => target });
  return {
    url: `http://127.0.0.1:${proxy.port}`,
    /** Returns the number of connections so far. */
    accepted: proxy.accepted,
    /** Routes new connections to another server. */
    aim: (url: string): void => {
      target = new URL(url);
    },
    /** Cuts every connection. */
    cut: proxy.cutAll,
    [Symbol.asyncDispose]: proxy[Symbol.asyncDispose],
  };
}
