import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { WatchedPage } from './watch-page.ts';

/** The chat page as a person uses it: elements are found by role and name, as a screen reader finds them. */
export class ChatPage {
  readonly page: Page;
  readonly url: string;
  readonly #watched: WatchedPage;

  constructor(page: Page, url: string, watched: WatchedPage) {
    this.page = page;
    this.url = url;
    this.#watched = watched;
  }

  /** The ids of the sent turns, oldest first, one for each attempt. */
  get turnIds(): readonly string[] {
    return this.#watched.turns.map(({ turnId }) => turnId);
  }

  get turns(): WatchedPage['turns'] {
    return this.#watched.turns;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  region(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  get messages(): Locator {
    return this.page.getByRole('list', { name: 'Messages' });
  }

  /** Finds the messages that contain these words. */
  message(words: string | RegExp): Locator {
    return this.messages.locator('> li').filter({ hasText: words });
  }

  get box(): Locator {
    return this.page.getByRole('textbox', { name: 'Your answer', exact: true });
  }

  get summary(): Locator {
    return this.region('Summary');
  }

  get progress(): Locator {
    return this.page.getByRole('progressbar', { name: 'Progress' });
  }

  /** Starts a workflow from the start page and waits for its first question. */
  async start(title: string): Promise<void> {
    await this.button(`Start ${title}`).click();
    await this.firstQuestion();
  }

  async firstQuestion(): Promise<void> {
    await this.messages.getByRole('listitem').first().waitFor();
    await eventually(() => this.page.url()).toContain('#/c/');
  }

  /** Types an answer and sends it. */
  async say(words: string): Promise<void> {
    await this.box.fill(words);
    await this.button('Send').click();
  }

  /** Waits until exactly one message contains these words. */
  async sees(words: string | RegExp): Promise<void> {
    await this.message(words).first().waitFor();
    expect(await this.message(words).count(), `messages with ${String(words)}`).toBe(1);
  }

  /** Waits until the last turn's changes show the field's new value. */
  async seesSaved(label: string): Promise<void> {
    await this.region('What changed').getByText(`Saved: ${label}:`).waitFor();
  }

  /** Waits until a status line of the page contains these words. */
  async seesStatus(words: string): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: words }).first().waitFor();
  }
}
