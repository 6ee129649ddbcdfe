// Run by hand after the tests: copies the pictures of the README from the screenshots of test/system/browser.
import { cpSync, mkdirSync, statSync } from 'node:fs';

/** Screenshots by the names of the README's pictures. */
const pictures = {
  'chat-conversation': 'conversation-desktop-light',
  'chat-card': 'card-phone-dark',
  'chat-summary': 'summary-alone',
};
const maxBytes = 200_000;

const from = new URL('../screenshots/', import.meta.url);
const to = new URL('../docs/images/', import.meta.url);
mkdirSync(to, { recursive: true });
for (const [name, screenshot] of Object.entries(pictures)) {
  const picture = new URL(`${screenshot}.png`, from);
  const { size } = statSync(picture);
  if (size > maxBytes)
    throw new Error(`${screenshot}.png has ${size} bytes: a page with it would load slowly`);
  cpSync(picture, new URL(`${name}.png`, to));
}
console.log(`Updated ${Object.keys(pictures).length} pictures in docs/images.`);
