import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../../contract/errors.ts';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { describeEnvironment } from '../../../server/settings/read-environment.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { runNode } from '../../support/child-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');

/** The address of a reader's server. */
const itsUrl = 'http://127.0.0.1:3000';

function only(pattern: RegExp): string {
  const [found, ...others] = [...readme.matchAll(pattern)].map(([, group]) => group);
  if (found === undefined || others.length > 0) throw new Error(`${String(pattern)} must be there once`);
  return found;
}

async function run(program: string) {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'try.mts');
  await writeFile(file, program);
  return await runNode(['--import', 'tsx', file]);
}

describe('the README', () => {
  it('says truly what its example prints', async () => {
    await using server = await serve(createGuidedAgent({ clock: systemClock }));
    const example = only(/```ts\n([^`]*createTurnkeeperClient\([^`]*)```/g);
    const client = new URL('../../../client-sdk/src/index.ts', import.meta.url).href;
    const { stdout, stderr } = await run(
      example.replace('@turnkeeper/client', client).replace(itsUrl, server.url),
    );
    expect(stderr).toBe('');
    const promised = [...example.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
    expect(promised).toHaveLength(3);
    expect(stdout.trimEnd().split('\n')).toEqual(promised);
  });

  it('shows a call that works without the client', async () => {
    await using server = await serve(createGuidedAgent({ clock: systemClock }));
    const url = only(/^curl (\S+) -H 'content-type: application\/json' -d /gm).replace(itsUrl, server.url);
    const body = only(/^curl .* -d '(.*)'$/gm);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body });
    expect(await answer.text()).toContain("What is the company's legal name");
    expect(answer.status).toBe(200);
  });

  it('lists every setting, with its default and meaning, and no other', () => {
    const section = readme.slice(readme.indexOf('## Settings'));
    const rows = section.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
    expect(rows).toEqual(
      describeEnvironment().map(
        ({ name, default: preset, meaning }) =>
          `| \`${name}\` | ${preset === null ? '' : `\`${preset}\``} | ${meaning} |`,
      ),
    );
  });

  it('names every reason in its table', () => {
    const table = readme.split('\n').filter((line) => line.startsWith('| `'));
    const named = (reason: string): boolean => table.some((row) => row.includes(`\`${reason}\``));
    expect(Object.keys(failureReasons).filter((reason) => !named(reason))).toEqual([]);
  });
});
