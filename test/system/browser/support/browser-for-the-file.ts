import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, vi } from 'vitest';
import { findChromium } from './find-chromium.ts';

// A test is many steps, each of which has patience of its own and says what it waited for.
vi.setConfig({ testTimeout: 300_000 });

let browser: Browser | null = null;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: await findChromium(),
    // Chromium's sandbox refuses to run as root, which containers often are.
    // What a date field takes digit by digit goes by the browser's language, not by the page's.
    args: ['--lang=en-US'],
    env: { ...process.env, LANGUAGE: 'en_US' },
    chromiumSandbox: process.getuid?.() !== 0,
  });
});

afterAll(async () => {
  await browser?.close();
});

/** The Chromium that all tests of one file share; each opens a context of its own in it. */
export function theBrowser(): Browser {
  if (browser === null) throw new Error('the browser is launched before the first test');
  return browser;
}
