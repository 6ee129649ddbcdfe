import { startTcpProxy } from './tcp-proxy.ts';

/** The one address in front of several servers, as a load balancer is; to be held by `await using`. */
export async function startFront(firstTarget: string) {
  let target = new URL(firstTarget);
  const proxy = await startTcpProxy({ target: () => target });
  return {
    url: `http://127.0.0.1:${proxy.port}`,
    /** How many connections there have been. */
    accepted: proxy.accepted,
    /** Sends new connections to another server. */
    aim: (url: string): void => {
      target = new URL(url);
    },
    /** Cuts every connection. */
    cut: proxy.cutAll,
    [Symbol.asyncDispose]: proxy[Symbol.asyncDispose],
  };
}
