// Run by hand after the tests: takes the pictures that the README shows from the screenshots that test/system/browser has left.
import { cpSync, mkdirSync, statSync } from 'node:fs';

/** What the README calls them, and which screenshot each is. */
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
