import { Window } from 'happy-dom';

const patienceMs = 60_000;

/**
 * Loads a page that Vite has built, as a browser does, and runs its program. The network is Node's: fetch, streams and
 * abort signals. Use with `using`.
 */
export async function openVitePage(url: string) {
  const html = await (await fetch(url)).text();
  const source = /<script type="module"[^>]* src="([^"]+)"/.exec(html)?.[1];
  if (source === undefined) throw new Error(`there is no program in ${html}`);
  const program = await (await fetch(new URL(source, url))).text();

  const closed = new AbortController();
  const window = new Window({
    url,
    settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
  });
  const { Headers, Request, Response, AbortController: Abort, AbortSignal } = globalThis;
  const { ReadableStream, TransformStream, TextDecoderStream } = globalThis;
  Object.assign(window, {
    ...{ Headers, Request, Response, AbortController: Abort, AbortSignal },
    ...{ ReadableStream, TransformStream, TextDecoderStream },
    fetch: (address: string, init: RequestInit = {}) =>
      fetch(new URL(address, url), {
        ...init,
        signal: AbortSignal.any([closed.signal, ...(init.signal ? [init.signal] : [])]),
      }),
  });
  const { document } = window;
  document.write(html.replaceAll(/<script[^]*?<\/script>/g, ''));
  window.eval(program);

  const shown = () => document.body.textContent;
  /** Resolves with the first result that is not null, now or after a change of the page. */
  const soon = <Found>(what: string, look: () => Found | null): Promise<Found> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new Error(`${what}: ${shown()}`))), patienceMs);
      const observer = new window.MutationObserver(() => check());
      const settle = (how: () => void): void => {
        clearTimeout(timer);
        observer.disconnect();
        how();
      };
      const check = (): void => {
        const found = look();
        if (found !== null) settle(() => resolve(found));
      };
      observer.observe(document.body, {
        ...{ subtree: true, childList: true, characterData: true, attributes: true },
      });
      check();
    });
  const button = (name: string) => {
    const found = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name);
    return found === undefined || found.disabled ? null : found;
  };
  const box = () => {
    const labels = [...document.querySelectorAll('label')];
    return (
      labels.find(({ textContent }) => textContent.startsWith('Your answer'))?.querySelector('input') ?? null
    );
  };
  return {
    /** Returns the visible text. */
    shown,
    shows: (words: string) => soon(`not shown: ${words}`, () => (shown().includes(words) ? true : null)),
    hides: (words: string) => soon(`still shown: ${words}`, () => (shown().includes(words) ? null : true)),
    address: () => window.location.href,
    /** The paragraphs of the conversation's log. */
    log: () => [...document.querySelectorAll('[role=log] p')].map(({ textContent }) => textContent),
    /** Returns the names of the enabled buttons. */
    buttons: () =>
      [...document.querySelectorAll('button')]
        .filter(({ disabled }) => !disabled)
        .map(({ textContent }) => textContent),
    percent: () => document.querySelector('progress')?.getAttribute('value'),
    press: async (name: string) => (await soon(`no button: ${name}`, () => button(name))).click(),
    follow: (name: string) =>
      [...document.querySelectorAll('a')].find(({ textContent }) => textContent === name)?.click(),
    boxText: () => box()?.value,
    /** Types into the box so that React notices it, as a person does, and sends it. */
    answer: async (text: string) => {
      const input = await soon('no box to answer in', box);
      await soon('nothing can be sent', () => button('Send'));
      // The prototype's setter, because React has replaced the element's own to recognize what it set itself.
      Reflect.set(window.HTMLInputElement.prototype, 'value', text, input);
      input.dispatchEvent(new window.Event('input', { bubbles: true }));
      button('Send')?.click();
    },
    /** Ends the page's timers and connections, as closing a tab does. */
    [Symbol.dispose]: () => {
      closed.abort();
      // Not awaited, because it also waits for whatever the program still does.
      void window.happyDOM.abort();
    },
  };
}
