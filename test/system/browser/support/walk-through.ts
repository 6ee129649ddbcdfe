import { expect } from 'vitest';
import { answer, suggested } from './answer.ts';
import type { Answer } from './answer.ts';
import { startChatServer } from './chat-server.ts';
import { downloadedFrom } from './downloaded-from.ts';
import { inBrowser } from './in-browser.ts';

export interface Walk {
  readonly title: string;
  readonly answers: readonly Answer[];
  /** The values in the downloaded JSON. */
  readonly collected: Readonly<Record<string, unknown>>;
}

/** A test that plays a shipped workflow from the start page to its summary, with the controls that the page offers. */
export const walkThrough = ({ title, answers, collected }: Walk) =>
  inBrowser(async ({ open, keep }) => {
    const server = keep(await startChatServer());
    const chat = await open(server.url);
    await chat.start(title);
    expect(await chat.progress.getAttribute('value')).toBe('0');
    for (const how of answers) await answer(chat, how);
    await suggested(chat, 'Yes').click();

    await chat.summary.getByRole('heading', { name: `${title} is complete` }).waitFor();
    expect(await chat.box.count()).toBe(0);
    const { name, content } = await downloadedFrom(chat);
    expect(name).toMatch(/\.json$/);
    expect(content).toMatchObject({ collected });

    await chat.summary.getByRole('link', { name: 'All conversations' }).click();
    await chat
      .region('Finished')
      .getByRole('link', { name: `View ${title}` })
      .click();
    await chat.summary.waitFor();
  });
