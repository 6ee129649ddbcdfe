import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { inject } from 'vitest';

let connecting: Promise<Browser> | null = null;

/**
 * The run's Chromium. Each test opens a context of its own in it, so tests share no cookies, storage or pages. The
 * files that one worker runs share the connection, which ends with the run.
 */
export function theBrowser(): Promise<Browser> {
  connecting ??= connect();
  return connecting;
}

async function connect(): Promise<Browser> {
  const browser = inject('browser');
  if ('trouble' in browser) throw new Error(browser.trouble);
  return chromium.connect(browser.endpoint);
}
