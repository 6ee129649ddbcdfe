import { Window } from 'happy-dom';

/**
 * A DOM for React, to be imported before React and its packages, which look for one as they load. The network stays
 * Node's: fetch, streams and abort signals are not the page's.
 */
const page = new Window({ url: 'http://127.0.0.1/' });
const { document, navigator } = page;
for (const [name, value] of Object.entries({ window: page, document, navigator }))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
