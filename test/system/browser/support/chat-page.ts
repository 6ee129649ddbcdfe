import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { WatchedPage } from './watch-page.ts';

/** The chat page as a person uses it: things are found by role and name, as a screen reader finds them. */
export class ChatPage {
  readonly page: Page;
  readonly url: string;
  readonly #watched: WatchedPage;

  constructor(page: Page, url: string, watched: WatchedPage) {
    this.page = page;
    this.url = url;
    this.#watched = watched;
  }

  /** The turn ids that were sent, oldest first: every try of each. */
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

  /** The messages that hold those words. */
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

  /** Starts a workflow from the start page, until its first question stands there. */
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

  /** Waits until a message with those words is there, once. */
  async sees(words: string | RegExp): Promise<void> {
    await this.message(words).first().waitFor();
    expect(await this.message(words).count(), `messages with ${String(words)}`).toBe(1);
  }

  /** Waits until a field's new value stands among what the last turn changed. */
  async seesSaved(label: string): Promise<void> {
    await this.region('What changed').getByText(`Saved: ${label}:`).waitFor();
  }

  /** Waits until the page says in its status lines what is the matter. */
  async seesStatus(words: string): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: words }).first().waitFor();
  }
}
