import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pieces, VisiblePrompt } from '../../../../server/agents/openai-compatible/visible-prompt.ts';
import type { Activity } from '../../../../server/answer/activity.ts';
import { StreamedTexts } from '../../../../server/answer/streamed-texts.ts';
import { contentChunk, finishChunk, opening } from '../../../support/openai-server/chunks.ts';
import {
  fallsSilentAfter,
  inPieces,
  says,
  saysWithNoise,
  streams,
} from '../../../support/openai-server/replies.ts';
import { callOptions, requestOf } from '../../../../server/testing/agent-call.ts';
import { growthOf, linearGrowth } from '../../../support/time.ts';
import { messagesOf, startAgent, visit } from './start-agent.ts';
import { anyCharacter } from '../../../support/any-character.ts';

const answer = {
  prompt: 'Noted: "Ada", on\nTuesday – naïve 🙂!',
  action: 'ask',
  data: { visitor: 'Ada', day: null, badge: null, guests: null },
  clear: [],
  step: null,
  citations: [],
};

/** Returns the text that an observer shows after these pieces. */
function shownBy(activities: readonly Activity[]): string {
  const streams = new StreamedTexts();
  for (const activity of activities.filter(({ type }) => type === 'typing')) streams.take(activity);
  return streams
    .unfinished()
    .map(({ text }) => text)
    .join('|');
}

/** Returns the text shown while an answer comes in chunks of four characters. */
function shownWhile(answer: string): string {
  const pieces = new Pieces('stream', false);
  let content = '';
  let shown = '';
  for (const chunk of inPieces(answer)) {
    content += chunk;
    shown += pieces.next(content)?.text ?? '';
  }
  return shown;
}

const manyChars = 100_000;

describe('while an answer is being written', () => {
  it('its words are shown as they come: those of the prompt, never the JSON around them', async () => {
    await using world = await startAgent();
    world.server.reply(says(JSON.stringify(answer)));
    const activities = await world.ask();
    const shown = shownBy(activities);
    expect(answer.prompt.startsWith(shown)).toBe(true);
    expect(shown.length).toBeGreaterThan(answer.prompt.length - 8);
    for (const { type, text } of activities)
      if (type === 'typing') expect(text ?? '').not.toMatch(/[{}]|visitor/);
  });

  it('they arrive before the answer is complete', async () => {
    await using world = await startAgent();
    world.server.reply(fallsSilentAfter(opening, contentChunk('{"prompt":"Good morn')));
    const request = requestOf(visit, { input: { type: 'open' }, agentConversationId: 'x' });
    const activities = world.agent.send(request, callOptions())[Symbol.asyncIterator]();
    await activities.next();
    const piece = await activities.next();
    expect(piece.value).toMatchObject({ type: 'typing', text: 'Good morn' });
    await activities.return?.();
  });

  it('the pieces are numbered, and the message says that it ends them', async () => {
    await using world = await startAgent();
    world.server.reply(says('Who comes to see you on Tuesday?'));
    // A model that has answered before: its words are shown as they come.
    await world.ask();
    world.server.reply(says('Who comes to see you on Tuesday?'));
    const activities = await world.ask();
    const infos = activities.flatMap(({ entities }) => entities ?? []);
    expect(infos.length).toBeGreaterThan(3);
    expect(infos).toEqual(
      infos.map((_, index) => ({
        type: 'streaminfo',
        streamId: 'turn-1',
        streamSequence: index + 1,
        streamType: index === infos.length - 1 ? 'final' : 'streaming',
      })),
    );
    expect(activities.at(-1)).toMatchObject({ type: 'message', text: 'Who comes to see you on Tuesday?' });
    const streamed = new StreamedTexts();
    for (const activity of activities) streamed.take(activity);
    expect(streamed.unfinished()).toEqual([]);
  });

  it('there is a sign of life before the first word', async () => {
    await using world = await startAgent();
    expect((await world.ask())[0]).toEqual({ type: 'typing' });
  });

  it('thoughts, tools, other choices and usage are no part of it', async () => {
    await using world = await startAgent({ structuredOutput: 'text' });
    world.server.reply(saysWithNoise('Who comes?'));
    const activities = await world.ask();
    expect(messagesOf(activities)).toMatchObject([{ text: 'Who comes?' }]);
    expect('Who comes?'.startsWith(shownBy(activities))).toBe(true);
  });

  it('a json block is not shown, nor the beginning of one', async () => {
    await using world = await startAgent({ structuredOutput: 'text' });
    const content = 'Use `x`:\n```js\nlet x;\n```\nNoted.\n\n```json\n{"data":{"visitor":"Ada"}}\n```';
    world.server.reply(streams(opening, ...Array.from(content, contentChunk), finishChunk('stop')));
    world.server.reply(
      says('Hello.'),
      streams(opening, ...Array.from(content, contentChunk), finishChunk('stop')),
    );
    await world.ask();
    await world.ask();
    const shown = shownBy(await world.ask());
    expect(shown.trimEnd()).toBe('Use `x`:\n```js\nlet x;\n```\nNoted.');
  });

  it('the shown text only grows, and is the beginning of the final text', () => {
    const texts = fc.oneof(
      fc
        .string({ unit: anyCharacter, maxLength: 60 })
        .map((prompt) => JSON.stringify({ prompt, data: { a: 'b' } })),
      fc
        .string({ unit: anyCharacter, maxLength: 60 })
        .map((prompt) => JSON.stringify({ data: { prompt: 'no' }, prompt })),
      fc
        .array(fc.constantFrom('a ', '`', '```', '\n', 'json', '{', '"', ' ', '🙂'), { maxLength: 30 })
        .map((parts) => `Well${parts.join('')}`),
    );
    fc.assert(
      fc.property(texts, (content) => {
        const spoken = new VisiblePrompt(false);
        const shown = inPieces(content, 1).map((piece) => {
          spoken.append(piece);
          return spoken.text;
        });
        const grows = shown.every((text, index) => text.startsWith(shown[index - 1] ?? ''));
        const isWellFormed = shown.every((text) => text.isWellFormed());
        const said = content.startsWith('{') ? (JSON.parse(content) as { prompt: string }).prompt : content;
        const isBeginning = said.startsWith(shown.at(-1) ?? '');
        expect({ grows, isWellFormed, isBeginning }).toEqual({
          grows: true,
          isWellFormed: true,
          isBeginning: true,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('it makes no difference how it is cut into chunks', async () => {
    await using world = await startAgent();
    const text = JSON.stringify(answer);
    const expected = { text: answer.prompt, value: { data: { visitor: 'Ada' } } };
    for (const chars of [1, 2, 7, 1_000]) {
      const bytes = [opening, ...inPieces(text, chars).map(contentChunk), finishChunk('stop')].join('');
      world.server.reply(streams(...inPieces(bytes, chars * 3)));
      expect(messagesOf(await world.ask())).toMatchObject([expected]);
    }
  });

  it.each([
    ['objects in objects after the prompt', '{"prompt":"Hello","data":', '{"a":', 'Hello'],
    ['lists in lists after the prompt', '{"prompt":"Hello","data":', '[', 'Hello'],
    ['objects in objects before any prompt', '{"data":', '{"a":', ''],
    ['lists in lists in place of the prompt', '{"prompt":', '[', ''],
    ['nothing but lists', '', '[', '['],
    ['a prompt that is long', '{"prompt":"', 'word ', 'word '],
    ['a prompt of escapes alone', '{"prompt":"', String.raw`\u00e9`, 'é'],
    ['a prompt of backslashes', '{"prompt":"', '\\', '\\'],
    ['blanks before the prompt', '{', ' ', ''],
    ['fences', '', '```\n', '```\n'],
  ])(
    'looking for its words has a cost that grows no faster than its length, where there are %s',
    async (_what, start, part, beginning) => {
      const answerOf = (chars: number) => start + part.repeat(chars / part.length);
      const shown = shownWhile(answerOf(manyChars));
      expect(shown.startsWith(beginning)).toBe(true);
      expect(shown.length === 0).toBe(beginning === '');
      const looking = (chars: number) => {
        const answer = answerOf(chars);
        return () => shownWhile(answer);
      };
      expect(await growthOf(looking, manyChars)).toBeLessThan(linearGrowth);
    },
  );
});
