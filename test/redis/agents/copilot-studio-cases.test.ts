import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answersWith } from '../../../cli/emulator/service/answers.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { startServerWithAgent } from '../integration/server-with-agent.ts';
import { cases, read as readAnswer, structure } from '../../unit/agents/agent-cases.ts';
import { read, saying, startCopilotWorld } from '../../unit/agents/copilot-studio/copilot-world.ts';

/** Reads these activities as a turn does, after they have crossed the wire. */
async function outcomeOf(activities: readonly object[]) {
  await using world = await startCopilotWorld();
  world.emulator.next('message', answersWith(activities));
  const { activities: received, failure } = await read(world, saying('It is Acme Ltd'));
  expect(failure).toBeNull();
  return readAnswer(received);
}

describe('an answer of activities that was misread', () => {
  it.each(cases.C1)('keeps its words apart: $case', async ({ activities, right }) => {
    expect((await outcomeOf(activities)).texts).toEqual([right]);
  });

  it.each([
    ['tags within a word', 'a<b>b</b>c', 'abc'],
    ['a tag that nobody knows', 'a<foo:bar/>b', 'a\nb'],
    ['a comment', 'a<!-- b --> c', 'a c'],
    ['headings', '<h1>One</h1>two<hr>three', 'One\ntwo\nthree'],
    [
      'characters by number',
      '&#8364;&#x20AC;&euro; &auml;&Auml; &amp;lt; &nope; &#0;.',
      '€€€ äÄ &lt; &nope; .',
    ],
    ['no tag at all', '1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
  ])('keeps its words apart: %s', async (_what, text, said) => {
    expect((await outcomeOf([{ type: 'message', text, textFormat: 'xml' }])).texts).toEqual([said]);
  });

  it.each(cases.C2)('offers what its buttons say: $case', async ({ activities }) => {
    const [message] = (await outcomeOf(activities)).messages;
    expect(message?.suggestedActions).toEqual([{ title: 'Three', value: 'choose 3' }]);
  });

  it.each(cases.C3)(
    'shows what a card offers in place of what it may not do: $case',
    async ({ activities }) => {
      const [message] = (await outcomeOf(activities)).messages;
      const { actions } = z
        .object({ actions: z.array(z.looseObject({ type: z.string(), title: z.string() })) })
        .parse(message?.card);
      expect(actions).toHaveLength(1);
      expect(actions[0]).toMatchObject(
        actions[0]?.type === 'Action.Execute'
          ? { title: 'Go', verb: 'go' }
          : { type: 'Action.Submit', data: { go: 1 } },
      );
      expect(JSON.stringify(message?.card)).not.toContain('fallback');
    },
  );

  it.each([
    ['drop', 'drop', []],
    ['an action that may not be either', { type: 'Action.Http', title: 'x' }, []],
    [
      'a chain',
      {
        type: 'Action.Http',
        fallback: {
          type: 'Action.OpenUrl',
          url: 'https://a.example',
          fallback: { type: 'Action.Submit', title: 'Send' },
        },
      },
      [{ type: 'Action.Submit', title: 'Send' }],
    ],
  ])('shows what a card offers in place, if that may be: %s', async (_what, fallback, expected) => {
    const content = {
      type: 'AdaptiveCard',
      body: [
        { type: 'TextBlock', text: 'Pick' },
        { type: 'Image', url: 'file:///x.png', fallback: { type: 'TextBlock', text: 'No picture' } },
      ],
      actions: [{ type: 'Action.Popover', title: 'More', fallback }],
    };
    const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
    const [message] = (await outcomeOf([{ type: 'message', attachments }])).messages;
    expect(message?.card).toMatchObject({
      actions: expected,
      body: [{ text: 'Pick' }, { text: 'No picture' }],
    });
  });

  it.each(cases.C4)('shows its cards: $case', async ({ activities }) => {
    const [message] = (await outcomeOf(activities)).messages;
    expect(message?.kind).toBe('card');
    expect(JSON.stringify(message?.card)).toMatch(/"[Hh]i"/);
  });

  it.each(cases.C5)('is read past what is not meant for the workflow: $case', async ({ activities }) => {
    const { parsed, texts } = await outcomeOf(activities);
    expect(Object.fromEntries(parsed.data)).toEqual({ legalName: 'Acme Ltd' });
    expect(texts).toEqual(['Noted.']);
    const alone = await outcomeOf([...activities.slice(0, 1), { type: 'message', text: 'Good day.' }]);
    expect(alone.parsed).toMatchObject({ parse: 'passthrough', payload: null });
    expect(alone.texts).toEqual(['Good day.']);
  });

  it('may have reasoning and structure in its texts, like a model’s', async () => {
    const text = `<think>Maybe ${structure}</think>\n\`\`\`\n${structure}\n\`\`\`<|im_end|>`;
    const { parsed, texts, everShown } = await outcomeOf([{ type: 'message', text }]);
    expect(parsed.data.get('legalName')).toBe('Acme Ltd');
    expect([...texts, ...everShown].join('')).not.toMatch(/Maybe|[{}<]/);
  });

  it('shows no events: a turn with only events has no answer', async () => {
    await using emulator = await startEmulator();
    await using server = await startServerWithAgent({
      AGENT_PROVIDER: 'copilot-studio',
      COPILOT_DIRECT_CONNECT_URL: emulator.url,
      COPILOT_ACCESS_TOKEN: 'a-token-of-ours',
    });
    for (const [index, { activities, right }] of cases.C6.entries()) {
      emulator.next('message', answersWith(activities));
      const { data, error } = await server.turn('c', `turn ${index}`);
      if (right === 'fail') expect(error?.data.reason).toBe('AGENT_FAILED');
      else expect((data as { messages: { text: string }[] }).messages.map(({ text }) => text)).toEqual(right);
    }
    expect(await server.turnCount('c')).toBe(1);
  });
});

describe('a wide activity', () => {
  const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, index]));

  it('is cut before it is parsed, and the activities beside it are read', async () => {
    const activity = { type: 'message', value: wide, text: 'Here I am.' };
    const { texts, parsed } = await outcomeOf([activity, activity, activity]);
    expect(texts).toEqual(['Here I am.', 'Here I am.', 'Here I am.']);
    expect(parsed.parse).toBe('passthrough');
  });

  it('with very many streams keeps a bounded number of them', async () => {
    const pieces = Array.from({ length: 15_000 }, (_, index) => ({
      type: 'typing',
      text: `Text ${index}`,
      entities: [{ type: 'streaminfo', streamId: `s${index}`, streamType: 'streaming', streamSequence: 1 }],
    }));
    const { messages } = await outcomeOf([...pieces, { type: 'message', text: 'Done.' }]);
    expect(messages.length).toBeLessThanOrEqual(100);
  });
});
