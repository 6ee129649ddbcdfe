import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { storedFormat } from '../../../server/domain/stored-conversation.ts';
import { describeEnvironment } from '../../../server/settings/read-environment.ts';

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
const settings = new Set(describeEnvironment().map(({ name }) => name));

/** Names in capitals that are no settings: errors, and secrets and files of the release. */
const otherNames = new Set(['CONVERSATION_UNREADABLE', 'NPM_TOKEN', 'SHA256SUMS']);

describe.each(['SECURITY.md', 'docs/releases.md'])('%s', (page) => {
  it('names only settings that the server has', async () => {
    const names = [...(await read(page)).matchAll(/`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*)\b/g)].map(
      ([, name = '']) => name,
    );
    expect(names.filter((name) => !settings.has(name) && !otherNames.has(name))).toEqual([]);
    expect(names.some((name) => settings.has(name))).toBe(true);
  });

  it('names only commands that are there', async () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await read('package.json')));
    const commands = [...(await read(page)).matchAll(/`npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('docs/releases.md', () => {
  it('says which stored format this version writes, and which ones it reads', async () => {
    expect(await read('docs/releases.md')).toContain(
      `This version writes stored format ${storedFormat} and reads formats 1 to ${storedFormat}.`,
    );
  });

  it('names every entry of both packages', async () => {
    const page = await read('docs/releases.md');
    const entriesOf = async (path: string) => {
      const { name, exports } = z
        .object({ name: z.string(), exports: z.record(z.string(), z.unknown()) })
        .parse(JSON.parse(await read(path)));
      return Object.keys(exports)
        .filter((entry) => entry !== './package.json')
        .map((entry) => ({ whole: name + entry.slice(1), short: entry.slice(1) }));
    };
    const entries = [...(await entriesOf('package.json')), ...(await entriesOf('client-sdk/package.json'))];
    const missing = entries.filter(
      ({ whole, short }) => !page.includes(`\`${whole}\``) && !page.includes(`\`${short}\``),
    );
    expect(missing).toEqual([]);
  });
});

describe('SECURITY.md', () => {
  it('cites only invariants that there are', async () => {
    const invariants = [...(await read('docs/architecture.md')).matchAll(/^\| (I\d+) /gm)].map(
      ([, id = '']) => id,
    );
    const cited = [...(await read('SECURITY.md')).matchAll(/\bI\d+\b/g)].map(([id]) => id);
    expect(cited.length).toBeGreaterThan(5);
    expect(cited.filter((id) => !invariants.includes(id))).toEqual([]);
  });

  it('gives no address that nobody reads', async () => {
    for (const page of ['SECURITY.md', 'CODE_OF_CONDUCT.md'])
      expect(await read(page)).not.toMatch(/\S+@\S+\.\w+/);
  });
});
