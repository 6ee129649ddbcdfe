import '../support/install-dom.ts';

/** The other globals of a browser that the chat page uses; to be imported before its sources. */
for (const name of ['ResizeObserver', 'HTMLButtonElement', 'HTMLElement'] as const)
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
