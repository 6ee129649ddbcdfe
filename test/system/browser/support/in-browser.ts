import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { TestContext } from 'vitest';
import { ChatPage } from './chat-page.ts';
import { devices } from './devices.ts';
import type { Device, Theme } from './devices.ts';
import { patienceMs } from './eventually.ts';
import { theBrowser } from './the-browser.ts';
import { watchPage } from './watch-page.ts';
import type { Expected, WatchedPage } from './watch-page.ts';

/** CI keeps this folder, and git ignores it. */
export const screenshotsDir = fileURLToPath(new URL('../../../../screenshots', import.meta.url));

interface OpenOptions extends Expected {
  /** @default 'desktop' */
  readonly device?: Device;
  /** The system's theme. @default 'light' */
  readonly theme?: Theme;
  /** The browser's time zone. @default 'UTC' */
  readonly timezoneId?: string;
  /** Opens another tab in that page's browser, instead of a new browser. */
  readonly besides?: ChatPage;
  /** The address's hash at the start. @default '#/' */
  readonly hash?: string;
  /** Headers of every request of the page: a sign-in that a proxy before the server would add. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface BrowserUnderTest {
  /** Opens the chat page of a server. */
  readonly open: (url: string, options?: OpenOptions) => Promise<ChatPage>;
  /** Disposes of it after the pages: they would report errors if their server stopped first. */
  readonly keep: <Kept extends AsyncDisposable>(kept: Kept) => Kept;
}

/**
 * A test in the browser. It also fails for what its pages do unseen: an error on the console, an uncaught error, a
 * foreign script or request. On a failure it prints the contents of each page and leaves a screenshot.
 */
export function inBrowser(body: (browser: BrowserUnderTest) => Promise<void>) {
  return async ({ task }: TestContext): Promise<void> => {
    const opened: { readonly page: Page; readonly watched: WatchedPage }[] = [];
    const open = async (url: string, options: OpenOptions = {}): Promise<ChatPage> => {
      const {
        device = 'desktop',
        theme = 'light',
        timezoneId = 'UTC',
        besides,
        hash = '#/',
        headers = {},
      } = options;
      const context =
        besides?.page.context() ??
        (await (
          await theBrowser()
        ).newContext({
          ...devices[device],
          colorScheme: theme,
          reducedMotion: 'reduce',
          locale: 'en-GB',
          timezoneId,
          extraHTTPHeaders: headers,
        }));
      context.setDefaultTimeout(patienceMs);
      const page = await context.newPage();
      const watched = await watchPage(page, new URL(url).origin, options);
      opened.push({ page, watched });
      await page.goto(`${url}/${hash}`);
      return new ChatPage(page, url, watched);
    };
    const kept: AsyncDisposable[] = [];
    const keep = <Kept extends AsyncDisposable>(one: Kept): Kept => {
      kept.push(one);
      return one;
    };
    try {
      await body({ open, keep });
      for (const { watched } of opened) expect(watched.problems).toEqual([]);
    } catch (error) {
      throw new Error(`${messageOf(error)}\n\n${await evidence(task.name, opened)}`, { cause: error });
    } finally {
      await Promise.all(opened.map(({ page }) => page.context().close()));
      for (const one of kept.reverse()) await one[Symbol.asyncDispose]();
    }
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function evidence(
  testName: string,
  opened: readonly { readonly page: Page; readonly watched: WatchedPage }[],
): Promise<string> {
  const dir = `${screenshotsDir}/failed`;
  await mkdir(dir, { recursive: true });
  const told: string[] = [];
  for (const [index, { page, watched }] of opened.entries()) {
    const path = `${dir}/${testName.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}-${index + 1}.png`;
    const words = await page
      .locator('body')
      .innerText({ timeout: 1_000 })
      .catch(() => '(it could not be read)');
    await page.screenshot({ path, timeout: 2_000 }).catch(() => undefined);
    told.push(
      `page ${index + 1}, ${page.url()}, screenshot in ${relative(process.cwd(), path)}`,
      ...watched.problems.map((problem) => `  problem: ${problem}`),
      words.replaceAll(/^/gm, '  | ').slice(0, 2_500),
    );
  }
  return told.join('\n');
}
