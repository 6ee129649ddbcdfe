import { text } from 'node:stream/consumers';
import type { ChatPage } from './chat-page.ts';

/** Downloads the conversation's result from its summary. */
export async function downloadedFrom(chat: ChatPage) {
  const download = chat.page.waitForEvent('download');
  await chat.button('Download as JSON').click();
  const file = await download;
  const content = await text(await file.createReadStream());
  return { name: file.suggestedFilename(), content: JSON.parse(content) as unknown };
}
