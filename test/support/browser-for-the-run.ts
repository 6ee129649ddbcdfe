import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { findChromium } from './find-chromium.ts';

/** A browser that test files can connect to, or the reason why there is none. */
type BrowserOfTheRun = { readonly endpoint: string } | { readonly trouble: string };

declare module 'vitest' {
  interface ProvidedContext {
    browser: BrowserOfTheRun;
  }
}

/** Starts one Chromium for the whole run. Without a Chromium, only the tests that need it fail. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    const server = await chromium.launchServer({
      executablePath: await findChromium(),
      // A date field orders its digits by the browser's language, not by the page's.
      args: ['--lang=en-US'],
      env: { ...process.env, LANGUAGE: 'en_US' },
      // Chromium's sandbox refuses to run as root, which containers often are.
      chromiumSandbox: process.getuid?.() !== 0,
    });
    project.provide('browser', { endpoint: server.wsEndpoint() });
    return () => server.close();
  } catch (error) {
    project.provide('browser', { trouble: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}
