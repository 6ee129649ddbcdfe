import { writeFileSync } from 'node:fs';
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WatchedDefinitions } from '../../../server/definitions/watched-definitions.ts';
import type { Reload } from '../../../server/definitions/watched-definitions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;
let watched: WatchedDefinitions | null = null;
let reloads: Reload[];

beforeEach(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'workflows');
  await mkdir(dir);
  reloads = [];
});
afterEach(async () => {
  await watched?.close();
  watched = null;
  await folder[Symbol.asyncDispose]();
});

/** Saves a file at once, so that no reading finds half of it. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(join(folder.path, '.saving'), text);
  await rename(join(folder.path, '.saving'), join(dir, file));
}
const json = (id: string, version = 1) =>
  JSON.stringify({ id, version, title: id, steps: [{ id: 'only', title: 'Only' }] });
const module = (imports: string, title: string) =>
  `${imports}\nimport { defineWorkflow } from 'turnkeeper/workflows';
   export default defineWorkflow({ id: 'from-code', version: 1, title: ${title}, steps: [{ id: 'a', title: 'A' }] });`;

async function open(): Promise<WatchedDefinitions> {
  watched = await WatchedDefinitions.open(dir, {
    onReload: (reload) => void reloads.push(reload),
  });
  return watched;
}

const running = () =>
  [...(watched?.current.values() ?? [])].map(({ id, version, title }) => `${id} v${version} ${title}`);
/** Waits until these run. A reading takes effect as a whole, so nothing else may have run in between. */
const runs = (...expected: string[]) => expect.poll(running).toEqual(expected);
const faults = () => watched?.news.faults;

describe('a folder that is being edited', () => {
  it('is read again when a file is saved, added or removed', async () => {
    await put('a.json', json('one'));
    await open();
    expect(running()).toEqual(['one v1 one']);
    await put('a.json', json('one', 2));
    await runs('one v2 one');
    await put('b.json', json('two'));
    await runs('one v2 one', 'two v1 two');
    await rm(join(dir, 'a.json'));
    await runs('two v1 two');
    expect(new Set(reloads.map(({ files }) => files.join()))).toEqual(new Set(['a.json', 'b.json']));
  });

  it('keeps what ran while a file is half written, and takes it up once it is whole', async () => {
    await put('a.json', json('one'));
    await open();
    const text = json('one', 2);
    await writeFile(join(dir, 'a.json'), text.slice(0, 20));
    await expect.poll(faults).toEqual([expect.stringMatching(/^a\.json: is not JSON, line 1: /)]);
    expect(running()).toEqual(['one v1 one']);
    await appendFile(join(dir, 'a.json'), text.slice(20));
    await runs('one v2 one');
    expect(faults()).toEqual([]);
  });

  it('tells its listeners of faults, and of their end', async () => {
    await put('a.json', json('one'));
    const told: (readonly string[])[] = [];
    const stop = (await open()).onNews((news) => void told.push(news.faults));
    await put('a.json', json('one', 0));
    await expect.poll(() => told).toEqual([[expect.stringContaining('a.json: version')]]);
    await put('a.json', json('one', 2));
    await expect.poll(() => told).toHaveLength(2);
    expect(told[1]).toEqual([]);
    stop();
    await put('a.json', json('one', 3));
    await runs('one v3 one');
    expect(told).toHaveLength(2);
  });

  it('is read a few times at most for many files that are saved at once', async () => {
    await put('a.json', json('one'));
    await open();
    const ids = Array.from({ length: 20 }, (_, index) => `w${index + 10}`);
    for (const id of ids) writeFileSync(join(dir, `${id}.json`), json(id));
    await runs('one v1 one', ...ids.map((id) => `${id} v1 ${id}`));
    expect(reloads.length).toBeLessThan(ids.length);
  });

  it('follows editors that write another file and rename it, and ignores the files that they leave', async () => {
    await put('a.json', json('one'));
    await open();
    await put('.#a.json', '{ half of a lock');
    await put('a.json~', 'an old copy');
    await put('a.json.part', json('one', 2));
    await rename(join(dir, 'a.json.part'), join(dir, 'a.json'));
    await runs('one v2 one');
    expect(faults()).toEqual([]);
  });

  it('starts with the faults of its files, and keeps the last definitions when all files are gone', async () => {
    await put('a.json', '{');
    await open();
    expect([running(), faults()?.length]).toEqual([[], 1]);
    await put('a.json', json('one'));
    await runs('one v1 one');
    await rm(join(dir, 'a.json'));
    await expect.poll(faults).toEqual([expect.stringContaining('holds no definition')]);
    expect(running()).toEqual(['one v1 one']);
  });

  it('may be taken away and come back, as when git changes branches', async () => {
    await put('a.json', json('one'));
    await open();
    await rm(dir, { recursive: true });
    await expect.poll(faults).toEqual([expect.stringContaining("can't be read")]);
    await mkdir(dir);
    await put('a.json', json('one', 2));
    await runs('one v2 one');
    await put('a.json', json('one', 3));
    await runs('one v3 one');
  });

  it('is followed when another folder takes its name at once', async () => {
    await put('a.json', json('one'));
    await open();
    await rm(dir, { recursive: true });
    await mkdir(dir);
    await put('a.json', json('one', 2));
    await runs('one v2 one');
    await put('a.json', json('one', 3));
    await runs('one v3 one');
  });
});

describe('a definition in TypeScript or JavaScript', () => {
  it('is read again with every file that it imports, inside its folder and outside', async () => {
    await mkdir(join(dir, 'parts'));
    await mkdir(join(folder.path, 'shared'));
    await put('parts/deep.ts', `export const deep: string = 'deep';`);
    await put('parts/title.ts', `export { deep } from './deep.ts';`);
    await put('../shared/words.mjs', `export const words = 'words';`);
    await put('../shared/data.json', `{ "text": "data" }`);
    await put('../shared/old.cjs', `module.exports = { old: 'old' };`);
    const imports = `import { deep } from './parts/title.ts'; import { words } from '../shared/words.mjs';
      import data from '../shared/data.json'; import old from '../shared/old.cjs';`;
    await put('a.ts', module(imports, '[deep, words, data.text, old.old].join()'));
    await open();
    expect([running(), faults()]).toEqual([['from-code v1 deep,words,data,old'], []]);
    await put('parts/deep.ts', `export const deep = 'DEEP' as const;`);
    await runs('from-code v1 DEEP,words,data,old');
    await put('../shared/words.mjs', `export const words = 'WORDS';`);
    await runs('from-code v1 DEEP,WORDS,data,old');
    await put('../shared/data.json', `{ "text": "DATA" }`);
    await runs('from-code v1 DEEP,WORDS,DATA,old');
    await put('../shared/old.cjs', `module.exports = { old: 'OLD' };`);
    await runs('from-code v1 DEEP,WORDS,DATA,OLD');
  });

  it('is mended by mending a file that it imports from outside its folder', async () => {
    await put('../words.ts', `export const words = 'right';`);
    await put('a.ts', module(`import { words } from '../words.ts';`, 'words'));
    await open();
    await put('../words.ts', `export const words = ;`);
    await expect.poll(faults).toEqual([expect.stringContaining("a.ts: can't be imported")]);
    expect(running()).toEqual(['from-code v1 right']);
    await rm(join(folder.path, 'words.ts'));
    await expect.poll(faults).toEqual([expect.stringContaining('Cannot find module')]);
    await put('../words.ts', `export const words = 'mended';`);
    await runs('from-code v1 mended');
  });

  it('may import modules that import each other, and await something', async () => {
    await put(
      'one.mjs',
      `import { two } from './two.mjs'; export function one() { return 'called'; } export default ${json('one')};`,
    );
    await put(
      'two.mjs',
      `import { one } from './one.mjs'; export const two = await Promise.resolve('two');
      export default { ...${json('two')}, title: one() };`,
    );
    await open();
    expect([running(), faults()]).toEqual([['one v1 one', 'two v1 called'], []]);
  });

  it('in plain JavaScript is read again, too', async () => {
    await put('a.mjs', module('', "'first'"));
    await open();
    await put('a.mjs', module('', "'second'"));
    await runs('from-code v1 second');
  });
});
