import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { axeViolations } from './support/axe.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser, screenshotsDir } from './support/in-browser.ts';
import { startSite } from './support/other-site.ts';
import { startSigningIn } from './support/signing-in-server.ts';
import { theBrowser } from './support/the-browser.ts';

const tagOf = (serverUrl: string, attributes = ''): string =>
  `<script src="${serverUrl}/embed.js"${attributes}></script>`;

const shadow = "document.querySelector('turnkeeper-assistant').shadowRoot";

/** The tag name of the element of the button and the panel that has the focus. */
const focused = (page: Page) => page.evaluate<string | undefined>(`${shadow}.activeElement?.tagName`);

/** Evaluates an expression in the embedded page, which the site itself can't. */
async function inFrame(page: Page, expression: string): Promise<unknown> {
  const [, frame] = page.frames();
  return frame?.evaluate(expression);
}

const accent = "getComputedStyle(document.documentElement).getPropertyValue('--accent')";
const scheme = 'document.documentElement.dataset.theme';

async function picture(page: Page, name: string): Promise<void> {
  await mkdir(screenshotsDir, { recursive: true });
  await page.screenshot({ path: `${screenshotsDir}/embedded-${name}.png` });
}

describe('the chat page, embedded in another site', () => {
  it(
    'opens from a button when it is wanted, in the colors of the site, and under its strictest policy',
    inBrowser(async ({ open, keep }) => {
      const site = keep(await startSite());
      const server = keep(
        await startChatServer({ env: { EMBED_ORIGINS: site.url, ASSISTANT_NAME: 'Harbour help' } }),
      );
      site.serve({
        // Twice, as a tag manager might: there is one button all the same.
        head: tagOf(server.url).repeat(2),
        css:
          ':root { --turnkeeper-accent: rebeccapurple } ' +
          '.night { background: #111; color: #eee; --turnkeeper-accent: oklch(0.8 0.15 80); --turnkeeper-color-scheme: dark }',
        policy:
          `default-src 'none'; script-src ${server.url}; frame-src ${server.url}; style-src 'self'; img-src data:; ` +
          "require-trusted-types-for 'script'",
      });
      const { page } = await open(site.url, { embeds: server.url });
      const button = page.getByRole('button', { name: 'Harbour help', exact: true });
      const panel = page.getByRole('dialog', { name: 'Harbour help' });
      const frame = page.frameLocator('iframe');
      await button.waitFor();
      expect([await button.count(), page.frames().length]).toEqual([1, 1]);
      expect(await button.getAttribute('aria-expanded')).toBe('false');
      expect(await axeViolations(page, 'all')).toEqual([]);

      await button.click();
      await frame.getByRole('heading', { name: 'What would you like to get done?' }).waitFor();
      expect(await button.getAttribute('aria-expanded')).toBe('true');
      await eventually(() => focused(page)).toBe('IFRAME');
      expect([await inFrame(page, accent), await inFrame(page, scheme)]).toEqual(['#663399', 'light']);
      await frame.getByRole('button', { name: 'Dark theme' }).waitFor({ state: 'hidden' });
      expect(await axeViolations(page, 'all')).toEqual([]);
      await picture(page, 'desktop-light');

      // The site's script can't look into the frame, and its messages to itself are not the page's.
      await page.evaluate("window.postMessage({ turnkeeper: 'close' }, '*')");
      const inside = `${shadow}.querySelector('iframe')`;
      expect(await page.evaluate(`${inside}.contentDocument`)).toBeNull();
      await expect(page.evaluate(`${inside}.contentWindow.localStorage`)).rejects.toThrow('cross-origin');

      await frame.getByRole('button', { name: 'Start Leave request' }).click();
      await frame.getByRole('list', { name: 'Messages' }).getByText('first day off').waitFor();
      expect(server.logLines.some((line) => line.includes('turn.committed'))).toBe(true);
      await page.evaluate("document.body.className = 'night'");
      await eventually(() => inFrame(page, scheme)).toBe('dark');
      expect(await inFrame(page, accent)).toMatch(/^#[ef]\w[ab]\w{3}$/);
      // Only the window around it may tell the page how to look.
      await inFrame(
        page,
        `new Promise((seen) => {
          window.addEventListener('message', () => seen(), { once: true });
          window.postMessage({ turnkeeper: 'theme', scheme: 'light', accent: null }, '*');
        })`,
      );
      expect(await inFrame(page, scheme)).toBe('dark');
      await picture(page, 'desktop-dark');

      // Escape is the page's own dialog's first.
      await frame.getByRole('button', { name: 'End conversation' }).click();
      await page.keyboard.press('Escape');
      await frame.getByRole('dialog').waitFor({ state: 'hidden' });
      await panel.waitFor();
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'hidden' });
      expect(await focused(page)).toBe('BUTTON');
      expect(await button.getAttribute('aria-expanded')).toBe('false');

      // It goes on where it was, also for the site's own buttons.
      await page.evaluate('turnkeeper.open()');
      await frame.getByText('first day off').first().waitFor();
      await page.evaluate('turnkeeper.close()');
      await panel.waitFor({ state: 'hidden' });
    }),
  );

  it(
    'fills a phone, has the name, icon and side that it was given, and gets by without its server',
    inBrowser(async ({ open, keep }) => {
      const folder = keep(await temporaryFolder());
      const icon = join(folder.path, 'anchor.svg');
      await writeFile(
        icon,
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><rect width="32" height="32" fill="#123a6b"/>' +
          '<path d="M16 6v19M10 11h12M7 18c1 9 17 9 18 0" fill="none" stroke="#fff" stroke-width="2.5"/></svg>',
      );
      const site = keep(await startSite());
      const server = keep(
        await startChatServer({
          env: { EMBED_ORIGINS: site.url, ASSISTANT_NAME: 'Harbour help', ASSISTANT_ICON_FILE: icon },
        }),
      );
      site.serve({
        head: tagOf(server.url, ' async data-side="left" data-label="Ask Harbour help"'),
        css: 'body { background: #101820; color: #eee } a { color: #9cf }',
      });
      const { page } = await open(site.url, {
        ...{ device: 'phone', theme: 'dark', embeds: server.url, failedRequests: true },
      });
      const button = page.getByRole('button', { name: 'Ask Harbour help', exact: true });
      await button.waitFor();
      expect((await button.boundingBox())?.x).toBeLessThan(40);
      await eventually(() => page.evaluate<number>(`${shadow}.querySelector('img').naturalWidth`)).toBe(32);
      await picture(page, 'phone-button');

      const panel = page.getByRole('dialog', { name: 'Harbour help' });
      const link = panel.getByRole('link', { name: 'Open Harbour help in a new tab' });
      await page.clock.install();
      await page.route(`${server.url}/`, (route) => route.abort());
      await button.click();
      await panel.getByText('Loading…').waitFor();
      await page.clock.fastForward(15_000);
      await panel.getByText("Harbour help can't be shown here now.").waitFor();
      expect(await link.count()).toBe(2);
      await page.keyboard.press('Escape');
      await page.unroute(`${server.url}/`);

      await button.click();
      const frame = page.frameLocator('iframe');
      await frame.getByRole('button', { name: 'Start Leave request' }).click();
      await frame.getByRole('list', { name: 'Messages' }).getByText('first day off').waitFor();
      expect(await panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
      expect(await page.evaluate(`${shadow}.querySelector('dialog').matches(':modal')`)).toBe(true);
      expect(await inFrame(page, 'document.title')).toContain('Harbour help');
      expect(await inFrame(page, scheme)).toBe('dark');
      expect(await link.first().getAttribute('href')).toBe(`${server.url}/`);
      await picture(page, 'phone-dark');
      await panel.getByRole('button', { name: 'Close' }).click();
      await panel.waitFor({ state: 'hidden' });
      expect(await focused(page)).toBe('BUTTON');
    }),
  );

  it('is refused to a site that is not named, by the script and by the browser', async () => {
    await using site = await startSite();
    await using server = await startChatServer({ env: { EMBED_ORIGINS: 'https://www.example.com' } });
    site.serve({ head: tagOf(server.url) });
    const context = await (await theBrowser()).newContext();
    try {
      const page = await context.newPage();
      const told: string[] = [];
      page.on('console', (message) => told.push(message.text()));
      await page.goto(site.url);
      await eventually(() => told.join('\n')).toContain(`Add ${site.url} to its EMBED_ORIGINS`);
      expect(await page.locator('turnkeeper-assistant').count()).toBe(0);

      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('iframe'), { src: '${server.url}/' }))`,
      );
      await eventually(() => told.join('\n')).toContain('frame-ancestors https://www.example.com');
      await eventually(() => page.frames()[1]?.url()).toContain('chrome-error:');
    } finally {
      await context.close();
    }
  });

  it(
    'signs its user in and out in a window of its own',
    inBrowser(async ({ open, keep }) => {
      const site = keep(await startSite());
      const server = keep(await startSigningIn(300, { EMBED_ORIGINS: site.url }));
      site.serve({ head: tagOf(server.url) });
      const { page } = await open(site.url, { embeds: server.url, signsInAt: server.provider.issuer });
      const frame = page.frameLocator('iframe');
      await page.getByRole('button', { name: 'Turnkeeper', exact: true }).click();
      await frame.getByText('Signing in opens a window of its own').waitFor();
      await picture(page, 'sign-in');

      // As a browser that blocks windows.
      await inFrame(page, '(window.opens = window.open, window.open = () => null, 0)');
      await frame.getByRole('button', { name: 'Sign in', exact: true }).click();
      await frame.getByText('The sign-in window was blocked').waitFor();
      const link = frame.getByRole('link', { name: 'Use this assistant in a tab of its own' });
      expect(await link.getAttribute('target')).toBe('_blank');
      await inFrame(page, '(window.open = window.opens, 0)');

      const inWindow = async (name: string, act: (opened: Page) => Promise<void>): Promise<void> => {
        const [opened] = await Promise.all([
          page.waitForEvent('popup'),
          frame.getByRole('button', { name, exact: true }).click(),
        ]);
        const closed = opened.waitForEvent('close');
        await act(opened);
        await closed;
      };
      await inWindow('Sign in', async (opened) => {
        await opened.getByLabel('Name').fill('dana');
        await opened.getByRole('button', { name: 'Continue' }).click();
      });
      await frame.getByRole('button', { name: 'Start Leave request' }).click();
      await frame.getByRole('list', { name: 'Messages' }).getByText('first day off').waitFor();
      await frame.getByRole('link', { name: 'All conversations' }).click();
      await inWindow('Sign out', (opened) =>
        opened.getByRole('button', { name: 'Yes, sign me out' }).click(),
      );
      await frame.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    }),
  );
});
