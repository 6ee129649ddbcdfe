import { describe, expect, it } from 'vitest';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';

/**
 * Maximum sizes of what a first visit loads, in bytes, compressed with Brotli, each some 5 % above what they are. On a
 * slow phone's 1.6 Mbit/s, 10 kB take 50 ms.
 */
const budgets = {
  /** The document, its style and the script that sets the theme: nothing is painted before them. */
  beforePaint: 7_300,
  /** The program of the start page. Markdown, cards and signing in are parts of their own. */
  program: 111_000,
};

/** Returns the size of a file as a browser gets it. */
async function sizeOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'br' } });
  return Number(response.headers.get('content-length'));
}

const programs = '**/assets/index-*.js';

describe('the first paint', () => {
  it(
    'needs few bytes, has the chosen theme and the name at once, and says if the program does not come',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer({ env: { ASSISTANT_NAME: 'Harbour desk' } }));
      const html = await (await fetch(`${server.url}/`)).text();
      const named = (pattern: RegExp) =>
        [...html.matchAll(pattern)].map(([, path = '']) => `${server.url}/${path}`);
      const sizes = async (urls: readonly string[]) =>
        (await Promise.all(urls.map(sizeOf))).reduce((sum, size) => sum + size, 0);
      const blocking = named(/<(?:script|link rel="stylesheet" crossorigin) (?:src|href)="\.\/([^"]+)"/g);
      expect(blocking).toHaveLength(2);
      expect(await sizes([`${server.url}/`, ...blocking])).toBeLessThan(budgets.beforePaint);
      const program = named(
        /<(?:script type="module"|link rel="modulepreload") crossorigin (?:src|href)="\.\/([^"]+)"/g,
      );
      expect(program.length).toBeGreaterThan(0);
      expect(await sizes(program)).toBeLessThan(budgets.program);

      const chat = await open(server.url, { failedRequests: true });
      await chat.button('Dark theme').click();
      await chat.page.route(programs, (route) => route.abort());
      await chat.page.reload();
      await chat.page.getByRole('alert').getByText('This page could not be loaded whole').waitFor();
      expect(await chat.page.locator('#shell-name').innerText()).toBe('Harbour desk');
      const background = await chat.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(background).toBe('rgb(16, 20, 19)');

      await chat.page.unroute(programs);
      await chat.page.getByRole('link', { name: 'Reload it' }).click();
      await chat.button('Dark theme').waitFor();
    }),
  );
});
