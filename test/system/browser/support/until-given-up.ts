import type { ChatPage } from './chat-page.ts';
import { eventually } from './eventually.ts';

/** Number of attempts after which the page reports a turn as failed. */
export const triesOfThePage = 3;

/** Skips the page's waits between its attempts, until it reports that a turn failed. Needs `clock.install`. */
export async function untilGivenUp(chat: ChatPage): Promise<void> {
  const failure = chat.messages.getByRole('alert');
  await eventually(async () => {
    await chat.page.clock.fastForward(10_000);
    return failure.count();
  }).toBe(1);
}
