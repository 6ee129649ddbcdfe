import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { hooksPeers } from './budgets.ts';
import { compile, ways } from '../../support/compile.ts';
import { installAsAStranger, projectDir } from './stranger.ts';
import type { Stranger } from './stranger.ts';

/** Both ends of the range of tRPC versions that a user's application may have, pinned in package-lock.json. */
const ends = {
  lowest: {
    '@trpc/client': 'lowest-trpc-client',
    '@trpc/server': 'lowest-trpc-server',
    '@trpc/tanstack-react-query': 'lowest-trpc-tanstack-react-query',
  },
  newest: {},
} as const;
const trpcPackages = Object.keys(ends.lowest);
const sample = (name: string) => readFile(new URL(`samples/${name}`, import.meta.url), 'utf8');
const serveGuided = () => serve(createGuidedAgent({ clock: systemClock }));

async function versionsIn(dir: string): Promise<string[]> {
  const manifests = trpcPackages.map((name) =>
    readFile(join(dir, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return (await Promise.all(manifests)).map(
    (text) => z.object({ version: z.string() }).parse(JSON.parse(text)).version,
  );
}

/** Returns the one version of all of tRPC's packages. */
async function versionIn(dir: string): Promise<string> {
  const versions = new Set(await versionsIn(dir));
  return z.tuple([z.string()]).parse([...versions])[0];
}

describe.for(Object.keys(ends) as (keyof typeof ends)[])('with the %s tRPC that is tested', (end) => {
  let stranger: Stranger;
  beforeAll(async () => {
    stranger = await installAsAStranger([...hooksPeers, 'react-dom', '@types/react', 'happy-dom'], ends[end]);
  });
  afterAll(() => stranger[Symbol.asyncDispose]());

  it('an application has a version that the packed client allows, and its documentation names', async () => {
    const version = await versionIn(stranger.dir);
    const { dependencies, peerDependencies } = stranger.manifest;
    const ranges = trpcPackages.map((name) => dependencies[name] ?? peerDependencies[name]);
    if (end === 'lowest') expect(new Set(ranges)).toEqual(new Set([`^${version}`]));
    else expect(version).toMatch(/^11\.\d+\.\d+$/);
    for (const page of ['client-sdk/README.md', 'docs/client.md', 'docs/tutorial.md']) {
      const text = await readFile(join(projectDir, page), 'utf8');
      expect(text.includes(version), `${page} names ${version}`).toBe(true);
    }
  });

  it("programs compile with the client's types", async () => {
    const options = { ...ways['as Node resolves'], jsx: 'react-jsx' };
    const files = { 'hooks.tsx': await sample('hooks.tsx'), 'typed.ts': await sample('typed.ts') };
    expect(await compile(stranger.dir, files, options)).toBe('');
  });

  it("a tRPC client of one's own is typed", async () => {
    // A check of tRPC's declarations would need those of Node and of ws.
    const unchecked = { ...ways['as a bundler resolves'], skipLibCheck: true };
    const own = { 'own-trpc-client.ts': await sample('own-trpc-client.ts') };
    expect(await compile(stranger.dir, own, unchecked)).toBe('');
  });

  it('a conversation goes from its opening to its end, and is watched', async () => {
    await using server = await serveGuided();
    const printed = await stranger.run('run.mjs', await sample('run.mjs'), [server.url]);
    expect(JSON.parse(printed)).toMatchObject({
      ...{ opened: 1, collected: { legalName: 'Acme Ltd' }, step: 'company', isDate: true, refused: true },
      watched: expect.arrayContaining(['watch.started', 'turn.committed', 'conversation.ended']) as unknown,
    });
  });

  it('the hooks are rendered, by a server and in a page that takes a turn', async () => {
    await using server = await serveGuided();
    const byServer = await stranger.run('render.mjs', await sample('render.mjs'), []);
    expect(byServer).toBe('<p>c1 is loading</p>\n');
    const inPage = await stranger.run('page.mjs', await sample('page.mjs'), [server.url, 'shown-in-a-page']);
    expect(JSON.parse(inPage)).toEqual({
      ...{ status: 'active', turnCount: 2, collected: { legalName: 'Acme Ltd' } },
      said: ['assistant', 'user', 'assistant'],
      ...{ listed: ['company'], definitions: 4 },
    });
  });
});
