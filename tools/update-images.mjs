// Run by hand after the tests: takes the pictures that the README shows from the screenshots that test/browser has left.
import { cpSync, mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const names = [
  'start-desktop-light',
  'conversation-desktop-light',
  'conversation-phone-dark',
  'card-desktop-dark',
  'summary-desktop-light',
];
const maxBytes = 200_000;

const from = new URL('../screenshots/', import.meta.url);
const to = new URL('../docs/images/', import.meta.url);
mkdirSync(to, { recursive: true });
for (const name of names) {
  const picture = new URL(`${name}.png`, from);
  const { size } = statSync(picture);
  if (size > maxBytes) throw new Error(`${name}.png has ${size} bytes: a page with it would load slowly`);
  cpSync(picture, new URL(`${name}.png`, to));
}
console.log(`Updated ${names.length} pictures in ${fileURLToPath(to)}`);
