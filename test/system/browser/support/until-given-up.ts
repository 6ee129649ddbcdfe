import type { ChatPage } from './chat-page.ts';
import { eventually } from './eventually.ts';

/** How often the page sends a turn in all before it says that it failed. */
export const triesOfThePage = 3;

/** Lets the page's own waits between its tries pass at once, until it says that a turn failed. Needs `clock.install`. */
export async function untilGivenUp(chat: ChatPage): Promise<void> {
  const failure = chat.messages.getByRole('alert');
  await eventually(async () => {
    await chat.page.clock.fastForward(10_000);
    return failure.count();
  }).toBe(1);
}
