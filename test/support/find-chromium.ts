import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

// The same names as in tools/ensure-programs.mjs, the cheapest first.
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];
const onMacOs = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * Returns the path of this machine's Chromium.
 * @throws Error when there is none
 */
export async function findChromium(): Promise<string> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), onMacOs];
  for (const candidate of candidates) if (await canRun(candidate)) return candidate;
  throw new Error('There is no Chromium on the PATH: node tools/ensure-programs.mjs chromium installs it.');
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
