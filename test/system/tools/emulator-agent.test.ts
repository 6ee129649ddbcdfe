import { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { fixedAccessToken } from '../../../server/agents/copilot-studio/access-token/access-tokens.ts';
import { createCopilotStudioAgent } from '../../../server/agents/copilot-studio/copilot-studio-agent.ts';
import { findPosition } from '../../../server/domain/position.ts';
import { buildContextualQuery } from '../../../server/domain/query/build-contextual-query.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { createConversation } from '../../../cli/emulator/converse.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { faults } from '../../../cli/emulator/service/faults.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { idHeader, postActivity, postStart, postWords, readTexts } from '../copilot-studio/plain-client.ts';
import { longestLine } from './longest-line.ts';

/** Thursday 12 November 2026, 10:30 UTC. */
const playedAt = Date.UTC(2026, 10, 12, 10, 30);

/** A server whose agent is the emulated one, over the service's protocol. */
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

const sizes = prepareWorkflow(
  defineWorkflow({
    id: 'sizes',
    version: 1,
    title: 'Sizes',
    steps: [
      { id: 'notice', title: 'Notice' },
      {
        id: 'size',
        title: 'Size',
        collects: z.object({ size: z.enum(['small', 'large']).describe('your size') }),
      },
      { id: 'remark', title: 'Remark', collects: z.object({ remark: z.string().optional() }) },
    ],
  }),
);

/** The query to the agent in a workflow that has collected nothing yet. */
function queryAt(step: 'notice' | 'size', userText: string): string {
  const passedSteps = step === 'notice' ? [] : ['notice'];
  const position = findPosition(sizes, { collected: {}, passedSteps });
  return buildContextualQuery(
    { workflow: sizes, position, collected: {}, turnNumber: 2, retold: [] },
    { userText, occasion: '', contextMaxChars: 6_000, newMark: () => 'a1b2c3' },
  );
}

/** One conversation with the emulated agent alone. */
async function tell() {
  const emulator = await startEmulator({
    agent: createConversation({ now: () => playedAt, pieceMs: 0 }),
  });
  const id = (await postStart(emulator)).headers.get(idHeader) ?? '';
  return {
    say: async (query: string) =>
      (await readTexts(await postActivity(emulator, id, { type: 'message', text: query }))).at(-1),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

function lastText({ messages }: { readonly messages: readonly { readonly text?: string }[] }): string {
  return messages.at(-1)?.text ?? '';
}

describe("The emulator's agent", () => {
  it('plays a whole workflow from the query alone, in one POST a turn', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('leave-request');
    const opened = await conversation.open();
    expect(opened.messages[0]?.text).toMatch(/^Good day\. .*\n\nWhat is your first day off\?/);

    const said = ['soon', 'next Monday', 'three', 'fine', '1', null, 'Ben Okafor', 'days: 5', 'no', 'yes'];
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
      [{ coveredBy: 'Ben Okafor' }, 'confirm', 'confirm', 'active'],
      [{ days: 5 }, 'confirm', 'confirm', 'active'],
      [{}, 'confirm', 'confirm', 'active'],
      [{}, 'confirm', 'complete', 'completed'],
    ]);
    expect(talking.emulator.posts()).toMatchObject({ start: 1, message: 11 });
  });

  it('asks for the next step’s first required field as soon as a step is filled, beside its choices', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('leave-request');
    await conversation.turn('next Monday');
    const filled = await conversation.turn('3');
    expect(filled.workflowState.suggestedInput).toMatchObject({ type: 'choice', field: 'kind' });
    expect(lastText(filled)).toMatch(
      /^Noted: Working days\. What is the kind of leave\?\n\n1\. annual leave\n/,
    );
    const refused = await conversation.turn('perhaps');
    expect(lastText(refused)).toContain('“perhaps” is none of the choices.');
  });

  it('shows what it has and asks whether it is right, by the fields’ labels, and again after a change', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('leave-request');
    for (const words of ['next Monday', '3', 'sick leave']) await conversation.turn(words);
    const summary = (days: number) =>
      'This is what I have:\n\n' +
      `- First day off: "2026-11-16"\n- Working days: ${days}\n- Kind of leave: "sick leave"\n- Covered by: "Ben Okafor"\n\n` +
      'Is that right? Say what is to be changed like `name: value`.';
    const filled = await conversation.turn('Ben Okafor');
    expect(lastText(filled)).toBe(`Noted: Covered by.\n\n${summary(3)}`);
    for (const [correction, days] of [
      ['days: 4', 4],
      ['working days: 5', 5],
    ] as const) {
      const corrected = await conversation.turn(correction);
      expect(corrected.turn.collected).toEqual({ days });
      expect(corrected.workflowState.suggestedInput).toMatchObject({ type: 'confirmation' });
      expect(lastText(corrected)).toBe(`Noted: Working days.\n\n${summary(days)}`);
    }
    expect((await conversation.turn('yes')).workflowState.status).toBe('completed');
  });

  it('keeps the answer to its question when another step has become the current one', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('incident-intake');
    await conversation.open();
    for (const words of ['Card payments fail', 'payments', 'today 9:15']) await conversation.turn(words);
    const shown = await conversation.turn('card');
    const cardId = shown.messages.find(({ kind }) => kind === 'card')?.cardId ?? '';
    const entered = { severity: 'high', usersAffected: '40', isOngoing: 'true' };
    const filled = await conversation.submitCard(cardId, entered);
    expect(filled.progress.currentStep).toBe('communication');
    expect(lastText(filled)).toMatch(/What is your name\?$/);
    const told = await conversation.turn('Ben Okafor');
    expect(told.turn.collected).toEqual({ reporterName: 'Ben Okafor' });
    expect(lastText(told)).toMatch(
      /^Noted: Reporter name\. What is the link to the incident channel or call\?/,
    );
  });

  it('leads on from a step that collects nothing, once that is confirmed', async () => {
    await using told = await tell();
    expect(await told.say(queryAt('notice', 'hello'))).toBe('Shall we go on?');
    expect(await told.say(queryAt('notice', 'yes'))).toBe('Good. What is your size?\n\n1. small\n2. large');
  });

  it('asks nothing where it knows of nothing more to ask for', async () => {
    const query = queryAt('size', 'large');
    const short = query.replace(/(nothing is missing:) .*\n- .*/, '$1 (no room for it)');
    expect(short).not.toBe(query);
    await using told = await tell();
    expect(await told.say(query)).toBe('Noted: Size. That is all. Thank you.');
    const words = 'Noted: Size. That is all for this step. With your next words we go on.';
    expect(await told.say(short)).toBe(words);
  });

  it('explains its faults in lines that a terminal need not break', async () => {
    await using talking = await talk();
    const explained = lastText(await talking.client.conversation('leave-request').turn('help'));
    const words = explained.split(/,?\s/);
    for (const name of Object.keys(faults)) expect(words).toContain(name);
    // The chat indents each line by seven columns.
    expect(longestLine(explained)).toBeLessThanOrEqual(73);
  });

  it('accepts the answer to a question that it has not asked yet, if it is unambiguous', async () => {
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

  it('answers with a fault when asked to, once', async () => {
    await using talking = await talk();
    const conversation = talking.client.conversation('leave-request');
    await conversation.open();
    await expect(conversation.turn('fault drop')).rejects.toMatchObject({ reason: 'AGENT_FAILED' });
    const next = await conversation.turn('next Monday');
    expect(next.turn.number).toBe(2);
    expect(next.turn.collected).toEqual({ from: '2026-11-16' });
  });

  it('says so if the query has no fields', async () => {
    await using emulator = await startEmulator({
      agent: createConversation({ now: () => playedAt, pieceMs: 0 }),
    });
    const [answer] = await readTexts(await postWords(emulator, 'just words'));
    expect(answer).toMatch(/^I find no fields in what I was told\..*You said: just words$/s);
  });
});
