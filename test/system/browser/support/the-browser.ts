import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, inject } from 'vitest';

let connecting: Promise<Browser> | null = null;

/** The run's Chromium. Each test opens a context of its own in it, so tests share no cookies, storage or pages. */
export function theBrowser(): Promise<Browser> {
  connecting ??= connect();
  return connecting;
}

async function connect(): Promise<Browser> {
  const browser = inject('browser');
  if ('trouble' in browser) throw new Error(browser.trouble);
  return chromium.connect(browser.endpoint);
}

afterAll(async () => {
  const browser = await connecting;
  await browser?.close();
});
