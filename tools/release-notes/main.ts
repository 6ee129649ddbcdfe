// `npx tsx tools/release-notes/main.ts v1.2.3 https://…/blob/v1.2.3/`: checks that a tag is the version of all manifests
// and of the changelog, and writes the changelog's section to release/notes.md. The release workflow runs it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readCommandLine, runCommand } from '../support/command-line.ts';
import { releaseNotes } from './release-notes.ts';

const usage = 'npx tsx tools/release-notes/main.ts TAG ADDRESS_OF_THE_FILES_OF_THE_TAG';
const root = new URL('../../', import.meta.url);
const manifests = ['package.json', 'client-sdk/package.json', 'apps/chat/package.json'];

const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');

async function versionOf(path: string): Promise<string> {
  return z.object({ version: z.string() }).parse(JSON.parse(await read(path))).version;
}

await runCommand(
  readCommandLine(() => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean' } },
    });
    if (values.help === true) return null;
    const [tag, filesAt, ...others] = positionals;
    if (tag === undefined || filesAt === undefined || others.length > 0)
      throw new Error('A tag and an address are needed.');
    return { tag, filesAt };
  }),
  usage,
  async ({ tag, filesAt }) => {
    const versions = Object.fromEntries(
      await Promise.all(manifests.map(async (path) => [path, await versionOf(path)] as const)),
    );
    const notes = releaseNotes({ tag, filesAt, versions, changelog: await read('CHANGELOG.md') });
    await mkdir(new URL('release/', root), { recursive: true });
    await writeFile(new URL('release/notes.md', root), notes);
    console.log('Wrote release/notes.md.');
  },
);
