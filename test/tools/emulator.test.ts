import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../client-sdk/src/index.ts';
import { fixedAccessToken } from '../../server/agents/copilot-studio/access-token/fixed-access-token.ts';
import { createCopilotStudioAgent } from '../../server/agents/copilot-studio/copilot-studio-agent.ts';
import { systemClock } from '../../server/system-clock.ts';
import { createConversation } from '../../tools/emulator/converse.ts';
import { readArguments, usage } from '../../tools/emulator/read-arguments.ts';
import { serve } from '../client-sdk/serve.ts';
import { faults } from '../copilot-studio/emulator/faults.ts';
import { startEmulator } from '../copilot-studio/emulator/start-emulator.ts';
import { postStart, postWords, readTexts } from '../copilot-studio/plain-client.ts';
import { until } from '../support/until.ts';
import { runTool } from './run-tool.ts';

/** Thursday 12 November 2026, 10:30 UTC. */
const playedAt = Date.UTC(2026, 10, 12, 10, 30);

/** A server that answers by the emulated agent, over the service's protocol. */
async function talk(cardSubmit: 'message' | 'invoke' = 'message') {
  const emulator = await startEmulator({
    agent: createConversation({ now: () => playedAt, pieceMs: 0 }),
  });
  const connection = new ConnectionSettings();
  connection.directConnectUrl = emulator.url;
  const tokens = fixedAccessToken('anything');
  const agent = createCopilotStudioAgent({
    connection,
    tokens,
    clock: systemClock,
    cardSubmit,
    locale: null,
  });
  const server = await serve(agent);
  return {
    emulator,
    client: createTurnkeeperClient({ url: server.url, retry: { attempts: 1 } }),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

describe("The emulator's agent", () => {
  it('leads through a whole workflow with nothing but the query, in one POST a turn', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('leave-request');
    const opened = await conversation.open();
    expect(opened.messages[0]?.text).toMatch(/^Good day\. .*\n\nWhat is your first day off\?/);

    const said = [
      'soon',
      'next Monday',
      'three',
      'fine',
      '1',
      null,
      'Ben Okafor',
      'ok',
      'days: 5',
      'no',
      'yes',
    ];
    const steps: unknown[] = [];
    for (const words of said) {
      const { turn, progress, workflowState } = await (words === null
        ? conversation.open()
        : conversation.turn(words));
      steps.push([turn.collected, progress.currentStep, turn.action, workflowState.status]);
    }
    expect(steps).toEqual([
      [{}, 'dates', 'ask', 'active'],
      [{ from: '2026-11-16' }, 'dates', 'ask', 'active'],
      [{ days: 3 }, 'details', 'ask', 'active'],
      [{}, 'details', 'ask', 'active'],
      [{ kind: 'annual leave' }, 'details', 'ask', 'active'],
      [{}, 'details', 'ask', 'active'],
      [{ coveredBy: 'Ben Okafor' }, 'confirm', 'ask', 'active'],
      [{}, 'confirm', 'confirm', 'active'],
      [{ days: 5 }, 'confirm', 'ask', 'active'],
      [{}, 'confirm', 'confirm', 'active'],
      [{}, 'confirm', 'complete', 'completed'],
    ]);
    expect(talking.emulator.posts()).toMatchObject({ start: 1, message: 12 });
  });

  it('takes the answer to a question that it has not asked yet, where it can be no other', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('leave-request');
    const told = await conversation.turn('next Monday');
    expect(told.turn.collected).toEqual({ from: '2026-11-16' });
    await conversation.turn('3');
    const chosen = await conversation.turn('sick leave');
    expect(chosen.turn.collected).toEqual({ kind: 'sick leave' });
  });

  it.each(['message', 'invoke'] as const)(
    'shows a card when it is asked to, and reads what was entered in the fields’ types (%s)',
    async (cardSubmit) => {
      await using talking = await talk(cardSubmit);
      const conversation = talking.client.conversation('leave-request');
      await conversation.open();
      const shown = await conversation.turn('Card');
      const card = shown.messages.find(({ kind }) => kind === 'card');
      expect(card?.card).toMatchObject({
        type: 'AdaptiveCard',
        body: [
          { type: 'Input.Date', id: 'from' },
          { type: 'Input.Number', id: 'days' },
        ],
      });
      const result = await conversation.submitCard(card?.cardId ?? '', { from: '2026-12-01', days: '3' });
      expect(result.turn.collected).toEqual({ from: '2026-12-01', days: 3 });
      expect(result.progress.currentStep).toBe('details');
    },
  );

  it('answers with a fault when it is asked to, of which nothing remains', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('leave-request');
    await conversation.open();
    await expect(conversation.turn('fault drop')).rejects.toMatchObject({ reason: 'AGENT_FAILED' });
    const next = await conversation.turn('next Monday');
    expect(next.turn.number).toBe(2);
    expect(next.turn.collected).toEqual({ from: '2026-11-16' });
  });

  it('says so where it is told of no fields', async () => {
    await using emulator = await startEmulator({
      agent: createConversation({ now: () => playedAt, pieceMs: 0 }),
    });
    const [answer] = await readTexts(await postWords(emulator, 'just words'));
    expect(answer).toMatch(/^I find no fields in what I was told\..*You said: just words$/s);
  });
});

describe('npm run emulator', () => {
  it('says how to start Turnkeeper against it, notes what is asked of it, and ends with 0', async () => {
    await using running = startTool('--port', '0');
    await until(() => Promise.resolve(running.printed().includes('npm run chat')));
    const url =
      /COPILOT_DIRECT_CONNECT_URL=(http:\/\/127\.0\.0\.1:\d+\/\S+) /.exec(running.printed())?.[1] ?? '';
    expect(running.printed()).toContain(
      `  AGENT_PROVIDER=copilot-studio COPILOT_DIRECT_CONNECT_URL=${url} COPILOT_ACCESS_TOKEN=anything npm start`,
    );
    expect(await readTexts(await postStart({ url }))).toEqual(['Hello, I am the emulated agent.']);
    await postStart({ url }, { headers: { authorization: '' } });
    await until(() => Promise.resolve(running.printed().includes('401')));
    expect(running.printed()).toContain('POST start: 200, answered\nPOST start: 401, answered\n');
    expect(await running.stop()).toBe(0);
  });

  it('answers every message with the fault that it is given, and starts conversations all the same', async () => {
    await using running = startTool('--port', '0', '--fault', 'unavailable');
    await until(() => Promise.resolve(running.printed().includes('with the fault unavailable')));
    const url = /COPILOT_DIRECT_CONNECT_URL=(\S+)/.exec(running.printed())?.[1] ?? '';
    expect((await postStart({ url })).status).toBe(200);
    expect((await postWords({ url }, 'hello')).status).toBe(503);
    expect((await postWords({ url }, 'hello')).headers.get('retry-after')).toBe('3');
    expect(await running.stop()).toBe(0);
  });

  it.each([
    [['--fault', 'bad-luck'], 'There is no fault "bad-luck".'],
    [['--port', '99999'], '--port must be a number from 0 to 65535; it is "99999".'],
    [['--tenant', 'x'], "Unknown option '--tenant'"],
  ])('does not take %j', (args, message) => {
    const read = readArguments(args);
    expect(read).toMatchObject({ kind: 'fault', message: expect.stringContaining(message) as string });
  });

  it('explains how it is used, with every fault that there is', () => {
    expect(readArguments(['--fault', 'drip', '--help'])).toEqual({ kind: 'help' });
    for (const name of Object.keys(faults)) expect(usage).toContain(name);
    expect(Math.max(...usage.split('\n').map((line) => line.length))).toBeLessThan(115);
  });

  it('says why it could not listen', async () => {
    await using emulator = await startEmulator();
    const { port } = new URL(emulator.url);
    const { stderr, exitCode } = await runTool('emulator', { args: ['--port', port] });
    expect(stderr).toMatch(/^The emulator could not run: listen EADDRINUSE/);
    expect(exitCode).toBe(1);
  });
});

/** The tool in a process of its own that goes on until it is stopped. */
function startTool(...args: readonly string[]) {
  const main = fileURLToPath(new URL('../../tools/emulator/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const closed = once(child, 'close');
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    await closed;
    return child.exitCode;
  };
  return {
    printed: () => printed,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
