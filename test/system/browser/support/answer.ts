import type { ChatPage } from './chat-page.ts';

/** An answer, by the control that the page offers for it. */
export type Answer =
  | { readonly by: 'words'; readonly words: string; readonly label: string }
  | { readonly by: 'button'; readonly name: string; readonly label: string }
  | { readonly by: 'date'; readonly value: string; readonly label: string }
  | { readonly by: 'date-time'; readonly value: string; readonly label: string }
  | { readonly by: 'number'; readonly value: string; readonly label: string };

/** Answers with the field's own control, and waits until the page shows the accepted value. */
export async function answer(chat: ChatPage, how: Answer): Promise<void> {
  switch (how.by) {
    case 'words':
      await chat.say(how.words);
      break;
    case 'button':
      await suggested(chat, how.name).click();
      break;
    case 'date':
      await chat.page.getByLabel(how.label, { exact: true }).fill(how.value);
      await chat.button('Use this date').click();
      break;
    case 'date-time':
      await chat.page.getByLabel(`${how.label} (UTC)`, { exact: true }).fill(how.value);
      await chat.button('Use this time').click();
      break;
    case 'number':
      await chat.page.getByRole('spinbutton', { name: how.label }).fill(how.value);
      await chat.button('Use this number').click();
      break;
  }
  await chat.seesSaved(how.label);
}

/** Finds a button of the agent's suggestions. */
export const suggested = (chat: ChatPage, name: string) =>
  chat.page.getByRole('group', { name: 'Suggested answers' }).getByRole('button', { name, exact: true });
