import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { runTsc } from '../../support/compile.ts';
import { installAsAStranger } from '../package/stranger.ts';
import type { Stranger } from '../package/stranger.ts';
import { deferred } from '../../support/deferred.ts';
import { blocksIn, filesIn, readPage, writeFiles } from './page.ts';
import { runNode, startNode } from '../../support/child-program.ts';
import { TroubledAgent } from './troubled-agent.ts';
import { openVitePage } from './vite-page.ts';

// The file installs, compiles and builds.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const page = await readPage('tutorial.md');
const files = filesIn(page);

/** The files of Vite's template for React and TypeScript that the tutorial does not replace. */
const template = {
  packages: [
    ...['react', 'react-dom', '@types/react', '@types/react-dom', '@types/node'],
    ...['vite', '@vitejs/plugin-react'],
  ],
  files: [
    {
      name: 'index.html',
      code: `<!doctype html>
<html lang="en">
  <head><meta charset="UTF-8" /><title>leave-desk</title></head>
  <body>
    <div id="root"></div>
    <script type="module" src="/src/main.tsx"></script>
  </body>
</html>
`,
    },
    {
      name: 'tsconfig.json',
      code: JSON.stringify({
        compilerOptions: {
          ...{ target: 'es2023', lib: ['ES2023', 'DOM'], module: 'esnext', moduleResolution: 'bundler' },
          ...{ types: ['vite/client'], allowImportingTsExtensions: true, verbatimModuleSyntax: true },
          ...{ moduleDetection: 'force', noEmit: true, jsx: 'react-jsx', skipLibCheck: true, strict: true },
          ...{ noUnusedLocals: true, noUnusedParameters: true, erasableSyntaxOnly: true },
          ...{ noFallthroughCasesInSwitch: true },
        },
        include: ['src', 'vite.config.ts'],
      }),
    },
  ],
};

/** The packages that the page has its reader install, besides the client, which is not on a registry. */
const named = /^npm install @turnkeeper\/client (.*)$/m.exec(page)?.[1]?.split(' ') ?? [];

/** Creates the page's project in its final state. */
async function followThePage(): Promise<Stranger> {
  const names = named.map((name) => name.replace(/(?<=.)@[\d.]+$/, ''));
  const stranger = await installAsAStranger([...template.packages, ...names]);
  await writeFiles(stranger.dir, [...template.files, ...files]);
  return stranger;
}

let stranger: Stranger;
beforeAll(async () => {
  stranger = await followThePage();
  const { exitCode, stdout, stderr } = await runNode([bin('vite/bin/vite.js'), 'build'], {
    cwd: stranger.dir,
  });
  if (exitCode !== 0) throw new Error(`it does not build:\n${stdout}${stderr}`);
});
afterAll(() => stranger[Symbol.asyncDispose]());

const bin = (path: string) => join(stranger.dir, 'node_modules', path);
const compile = async () => (await runTsc(['-p', '.'], stranger.dir)).stdout;

/** A server, and Vite in front of it with the page's own settings; the test opens the page itself. */
async function serveThePage(how: 'dev' | 'preview' = 'preview') {
  const agent = new TroubledAgent();
  const server = await serve(agent);
  const settings = await readFile(join(stranger.dir, 'vite.config.ts'), 'utf8');
  await writeFile(
    join(stranger.dir, 'vite.config.here.ts'),
    settings.replace('http://127.0.0.1:3000', server.url),
  );
  const args = [how, '--config', 'vite.config.here.ts', '--host', '127.0.0.1', '--port', '0'];
  const vite = startNode([bin('vite/bin/vite.js'), ...args], { cwd: stranger.dir, env: { NO_COLOR: '1' } });
  const [, url = ''] = await vite.hasPrinted(/Local:\s+(http:\S+\/)/);
  return {
    url,
    agent,
    server,
    /** Returns the conversation in an open page's address, through another client. */
    elsewhere: (address: string) =>
      createTurnkeeperClient({ url: server.url }).resume(new URL(address).hash.slice(1)),
    [Symbol.asyncDispose]: async () => {
      vite.signal('SIGKILL');
      await vite.ended;
      await server.stop();
    },
  };
}

describe('the tutorial', () => {
  it('shows code that compiles, as soon as there is a component and at the end, and none besides', async () => {
    expect(await compile()).toBe('');
    const code = [...blocksIn(page, 'ts'), ...blocksIn(page, 'tsx')];
    expect(files).toHaveLength(code.length);
    const firstAnswer = files.findIndex(({ name }) => name === 'src/Answer.tsx');
    const early = files.slice(0, firstAnswer + 1);
    expect(early.map(({ name }) => name)).toContain('src/LeaveRequest.tsx');
    try {
      await writeFiles(stranger.dir, early);
      expect(await compile()).toBe('');
    } finally {
      await writeFiles(stranger.dir, files);
    }
  });

  it("names tRPC's package in the major version that the client has", async () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(bin('@trpc/client/package.json'), 'utf8')));
    expect(named).toContain(`@trpc/tanstack-react-query@${version.replace(/\..*$/, '')}`);
  });
});

describe('its project', () => {
  it('is served by `npm run dev`, with the API of the server behind it', async () => {
    await using place = await serveThePage('dev');
    expect(page).toContain('`npm run dev`');
    const get = async (path: string) => (await fetch(new URL(path, place.url))).text();
    expect(await get('/')).toContain('/src/main.tsx');
    expect(await get('/src/LeaveRequest.tsx')).toContain('useConversation');
    expect(await get('/trpc/workflow.definitions')).toContain('leave-request');
  });
});

describe('its page', () => {
  it('leads a person from the first question to the end', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.shows('What is your first day off?');
    await tab.shows('Step 1 of 3: Dates');
    await tab.answer('2027-08-03');
    await tab.shows('You: 2027-08-03');
    await tab.shows('how many working days');
    await tab.answer('5');
    await tab.shows('Step 2 of 3: Details');
    expect(tab.percent()).toBe('33');
    await tab.press('annual leave');
    await tab.shows('You: annual leave');
    await tab.answer('Dana Levi');
    await tab.shows('Step 3 of 3: Confirm');
    await tab.press('yes');
    await tab.shows('Sent to your manager');
    for (const words of ['Working days: 5', 'Covered by: Dana Levi', 'Request more leave'])
      await tab.shows(words);
    expect(tab.buttons()).toEqual([]);
    tab.follow('Request more leave');
    await tab.press('Request leave');
    await tab.shows('Step 1 of 3: Dates');
    expect(tab.log()).toHaveLength(1);
  });

  it('opens the conversation with one turn, though StrictMode mounts everything twice', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.shows('What is your first day off?');
    expect((await place.elsewhere(tab.address()).get()).workflowState.turnCount).toBe(1);
    expect(tab.log()).toHaveLength(1);
  });

  it('shows the same after a reload, and what is said in another tab', async () => {
    await using place = await serveThePage();
    using first = await openVitePage(place.url);
    await first.press('Request leave');
    await first.answer('2027-08-03');
    await first.shows('how many working days');
    using second = await openVitePage(first.address());
    await second.shows('how many working days');
    expect(second.log()).toEqual(first.log());
    await second.answer('5');
    await first.shows('Step 2 of 3: Details');
    await first.shows('You: 5');
  });

  it('shows what the agent says while it says it', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.shows('What is your first day off?');
    const { promise, resolve } = deferred();
    place.agent.hesitation = promise;
    await tab.answer('2027-08-03');
    await tab.shows('Agent: Let me see');
    expect(tab.log()).toHaveLength(2);
    expect(tab.log().at(-1)).toBe('You: 2027-08-03');
    resolve();
    await tab.shows('how many working days');
    await tab.hides('Let me see');
    expect(tab.log()).toHaveLength(3);
  });

  it('takes a failed message back, and sends it once more with the same turn id', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.shows('What is your first day off?');
    place.agent.failures = 3;
    await tab.answer('2027-08-03');
    await tab.shows('This was not sent:');
    expect(tab.log()).toHaveLength(1);
    await tab.shows('2027-08-03');
    expect(tab.buttons()).toEqual(['Try again', 'Edit', 'Cancel the request']);
    await tab.press('Try again');
    await tab.shows('how many working days');
    expect(tab.log()).toHaveLength(3);
    const told = place.server.logLines.map((line) => eventSchema.parse(JSON.parse(line)));
    const turnIdsOf = (name: string) => told.flatMap(({ event, turnId }) => (event === name ? turnId : []));
    const rolledBack = turnIdsOf('turn.rolledBack');
    expect(rolledBack).toHaveLength(3);
    expect(new Set(rolledBack)).toEqual(new Set([turnIdsOf('turn.committed').at(-1)]));
  });

  it('says that a message may not have been sent if the server is gone', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.shows('What is your first day off?');
    await place.server.stop();
    await tab.shows('Reconnecting');
    await tab.answer('2027-08-03');
    await tab.shows('This may not have been sent:');
    expect(tab.log()).toHaveLength(2);
    expect(tab.buttons()).toContain('Try again');
  });

  it('returns a failed message for editing', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.shows('What is your first day off?');
    place.agent.failures = 3;
    await tab.answer('2027-08-03');
    await tab.press('Edit');
    await tab.hides('This was not sent:');
    expect(tab.boxText()).toBe('2027-08-03');
    expect((await place.elsewhere(tab.address()).get()).workflowState.turnCount).toBe(1);
  });

  it('interrupts a turn that is in the way', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.shows('What is your first day off?');
    place.agent.hesitation = deferred().promise;
    const other = place.elsewhere(tab.address()).turn('2027-09-01');
    const interrupted = expect(other).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    await tab.shows('Let me see');
    await tab.answer('2027-08-03');
    place.agent.hesitation = null;
    await tab.press('Interrupt the other one');
    await interrupted;
    await tab.shows('how many working days');
    expect(tab.log()[1]).toBe('You: 2027-08-03');
  });

  it('ends the conversation when the person wants to', async () => {
    await using place = await serveThePage();
    using tab = await openVitePage(place.url);
    await tab.press('Request leave');
    await tab.answer('2027-08-03');
    await tab.shows('how many working days');
    await tab.press('Cancel the request');
    await tab.shows('Cancelled');
    await tab.shows('First day off: 2027-08-03');
    expect((await place.elsewhere(tab.address()).get()).workflowState.outcome).toBe('cancelled');
  });
});

const eventSchema = z.object({ event: z.string().optional(), turnId: z.string().optional() });
