import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../server/answer/agent-failure.ts';
import {
  chunk,
  contentChunk,
  done,
  event,
  finishChunk,
  opening,
} from '../../support/openai-server/chunks.ts';
import { streams } from '../../support/openai-server/replies.ts';
import { startServerWithAgent } from '../integration/server-with-agent.ts';
import { startOpenAiServer } from '../../support/openai-server/openai-server.ts';
import {
  cases,
  contentOf,
  framesOf,
  framesOfContent,
  prompt,
  read,
  structure,
  words,
} from '../../unit/agents/agent-cases.ts';
import type { ModelCase } from '../../unit/agents/agent-cases.ts';
import { startAgent } from '../../unit/agents/openai-compatible/start-agent.ts';
import type { AgentWorld } from '../../unit/agents/openai-compatible/start-agent.ts';

const all: readonly ModelCase[] = [...cases.M1, ...cases.M2, ...cases.M3, ...cases.M4, ...cases.M5];
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_000);

/** The outcome of a stream: the turn's result, and every text that was shown on the way. */
async function outcomeOf(world: AgentWorld, frames: readonly string[]) {
  world.server.reply(streams(...frames));
  try {
    const activities = await world.ask();
    const { parsed, texts, everShown } = read(activities);
    const collected = Object.fromEntries([...parsed.data].filter(([, value]) => value !== null));
    return { collected, texts, everShown };
  } catch (error) {
    if (error instanceof AgentFailure) return error.outcome;
    throw error;
  }
}

/** Expects the right result, and that nothing else was ever shown. */
function expectRight(
  right: ModelCase['right'],
  outcome: Awaited<ReturnType<typeof outcomeOf>>,
  what: string,
): void {
  if (right === 'fail') {
    expect(outcome, what).toBeTypeOf('string');
    return;
  }
  const said = right === 'value' ? prompt : words;
  const collected = right === 'value' ? { legalName: 'Acme Ltd' } : {};
  expect(outcome, what).toMatchObject({ collected, texts: [said] });
  if (typeof outcome === 'string') return;
  // Words before the structure may be shown until it arrives; reasoning and JSON never.
  for (const text of outcome.everShown)
    expect(said.startsWith(text) || !/[{}<]|legalName|Acme|WRONG/.test(text), `${what}, shown: ${text}`).toBe(
      true,
    );
}

describe('an answer that was misread', () => {
  it.each(all)('is read: $case', async (modelCase) => {
    await using world = await startAgent();
    expectRight(modelCase.right, await outcomeOf(world, framesOf(modelCase)), modelCase.case);
  });

  it.each([...cases.M2, ...cases.M3])('is read wherever it is cut: $case', async (modelCase) => {
    await using world = await startAgent();
    const content = contentOf(modelCase);
    for (const chars of [1, 2, 3, 5, 11]) {
      const pieces = Array.from({ length: Math.ceil(content.length / chars) }, (_, index) =>
        content.slice(index * chars, (index + 1) * chars),
      );
      // A model that has never answered yet: the adapter does not know how it marks its reasoning.
      await using fresh = await startAgent();
      expectRight(modelCase.right, await outcomeOf(fresh, framesOfContent(pieces)), `by ${chars}`);
    }
    for (let at = 1; at < Math.min(content.length, 60); at += 1) {
      const pieces = [content.slice(0, at), content.slice(at)];
      expectRight(modelCase.right, await outcomeOf(world, framesOfContent(pieces)), `at ${at}`);
    }
  });

  it('is read by a whole server, which stores nothing else and fails where it should', async () => {
    await using model = await startOpenAiServer();
    await using server = await startServerWithAgent({
      AGENT_PROVIDER: 'openai-compatible',
      OPENAI_BASE_URL: model.baseUrl,
      OPENAI_MODEL: 'test-model',
    });
    model.reply(streams(...framesOfContent(['<think>\nHm, so.\n</think>\nGood day.'])));
    const answered = await server.turn('c', 'Hello');
    expect(answered.data).toMatchObject({
      messages: [{ role: 'assistant', text: 'Good day.' }],
    });
    for (const content of ['<think>and so on', '{"weather":"fine"}', '{"prompt":"No']) {
      model.reply(streams(...framesOfContent([content])));
      expect((await server.turn('c', content)).error?.data.reason, content).toBe('AGENT_FAILED');
    }
    expect(await server.turnCount('c')).toBe(1);
  });
});

describe('thoughts', () => {
  const openings: readonly (readonly [string, string])[] = [
    ...(['think', 'thinking', 'thought', 'reasoning', 'THINK', 'seed:think'] as const).map(
      (name) => [`<${name}>`, `</${name}>`] as const,
    ),
    ['<think time="3">', '</think>'],
    ['[THINK]', '[/THINK]'],
    ['◁think▷', '◁/think▷'],
    ['<|begin_of_thought|>', '<|end_of_thought|>'],
    ['<|channel|>analysis<|message|>', '<|end|><|start|>assistant<|channel|>final<|message|>'],
    ['', '</think>'],
    ['', '<|end|><|start|>assistant<|channel|>final<|message|>'],
    ['<think>not <think> yet</think>', '</think>'],
  ];
  const bodies = [
    '',
    '\n\n',
    'Fill legalName.',
    `Maybe ${structure.replace('Acme', 'WRONG')}`,
    '```json\n{"data":{"legalName":"WRONG"}}\n```',
    'a `</think>` b',
  ];
  const answers: readonly (readonly [string, ModelCase['right']])[] = [
    [structure, 'value'],
    [`\n\`\`\`json\n${structure}\n\`\`\``, 'value'],
    [`\n\n${words}`, 'words'],
    [`${words}<|im_end|>`, 'words'],
    ['', 'fail'],
  ];

  it(`of any kind are never shown nor read, however they are cut (seed ${seed})`, async () => {
    const some = fc.record({
      marks: fc.constantFrom(...openings),
      body: fc.constantFrom(...bodies),
      answer: fc.constantFrom(...answers),
      cuts: fc.array(fc.nat({ max: 300 }), { maxLength: 8 }),
    });
    await using world = await startAgent();
    await fc.assert(
      fc.asyncProperty(some, async ({ marks: [opens, closes], body, answer: [answer, right], cuts }) => {
        const content = `${opens}${body}${closes}${answer}`;
        const edges = [0, ...cuts.map((at) => Math.min(at, content.length)), content.length].sort(
          (a, b) => a - b,
        );
        const pieces = edges.slice(1).map((edge, index) => content.slice(edges[index], edge));
        expectRight(right, await outcomeOf(world, framesOfContent(pieces)), JSON.stringify(content));
      }),
      { seed, numRuns: 150 },
    );
  });

  it.each([
    ['between two backticks', `Write \`<think>\` first.`],
    ['that close between two backticks', `Write \`</think>\` last.`],
  ])('are words if the text only mentions their marks: %s', async (_where, content) => {
    await using world = await startAgent({ structuredOutput: 'text' });
    expect(await outcomeOf(world, framesOfContent([content]))).toMatchObject({ texts: [content] });
  });

  it('that a prompt or a value names stay in the value, and are left out of the prompt', async () => {
    await using world = await startAgent();
    const answer = {
      prompt: `<think>hm</think>${words}`,
      action: 'ask',
      data: { legalName: 'A </think> B' },
    };
    const outcome = await outcomeOf(world, framesOfContent(Array.from(JSON.stringify(answer))));
    expect(outcome).toMatchObject({ texts: [words], collected: { legalName: 'A </think> B' } });
  });

  it('of a model that never opens them delay its words, until the model is known to do so', async () => {
    await using world = await startAgent({ structuredOutput: 'text' });
    const pieces = Array.from(`Hm.\n</think>\n${words}`);
    expectRight('words', await outcomeOf(world, framesOfContent(pieces)), 'closed, the first time');
    expectRight('words', await outcomeOf(world, framesOfContent(pieces)), 'closed, the second time');
    await using other = await startAgent({ structuredOutput: 'text' });
    await outcomeOf(other, framesOfContent(Array.from(words)));
    const outcome = await outcomeOf(other, framesOfContent(Array.from(words)));
    expect(typeof outcome === 'string' ? [] : outcome.everShown.length).toBeGreaterThan(3);
  });
});

describe('the end of an answer', () => {
  const half = structure.slice(0, 60);
  const ended = (content: string, ...end: readonly string[]) => [opening, contentChunk(content), ...end];

  it.each([
    'stop',
    'Stop',
    'STOP',
    'eos',
    'eos_token',
    'stop_sequence',
    'end_turn',
    'COMPLETE',
    'FINISH_REASON_STOP',
    'whatever',
  ])('is good if its reason is "%s"', async (reason) => {
    await using world = await startAgent();
    expectRight('value', await outcomeOf(world, ended(structure, finishChunk(reason), done)), reason);
  });

  it.each([
    'length',
    'LENGTH',
    'max_tokens',
    'MAX_TOKENS',
    'model_length',
    'content_filter',
    'SAFETY',
    'tool_calls',
    'tool_use',
    'error',
    'cancelled',
    'insufficient_system_resource',
  ])('is a failure if its reason is "%s", although the answer looks complete', async (reason) => {
    await using world = await startAgent();
    expect(await outcomeOf(world, ended(structure, finishChunk(reason), done))).toBe('failed');
  });

  it.each<[string, readonly string[], string | null]>([
    ['whole JSON and [DONE]', ended(structure, done), null],
    ['whole JSON, "" and [DONE]', ended(structure, finishChunk(''), done), null],
    ['whole JSON in a block and [DONE]', ended(`\`\`\`json\n${structure}\n\`\`\``, done), null],
    ['whole JSON without [DONE]', ended(structure), 'ambiguous'],
    ['half a JSON and [DONE]', ended(half, done), 'ambiguous'],
    ['half a JSON after words and [DONE]', ended(`Noted.\n${half}`, done), 'ambiguous'],
    ['half a thought and [DONE]', ended('<think>Noted.', done), 'ambiguous'],
    ['words that end and [DONE]', ended(words, done), null],
    ['words that end without [DONE]', ended(words), 'ambiguous'],
    ['words that break off and [DONE]', ended('What is the comp', done), 'ambiguous'],
    ['half a JSON and a reason that nobody knows', ended(half, finishChunk('whatever'), done), 'failed'],
  ])('without a reason follows from the answer: %s', async (_what, frames, failure) => {
    await using world = await startAgent();
    const outcome = await outcomeOf(world, frames);
    if (failure === null) expect(outcome).not.toBeTypeOf('string');
    else expect(outcome).toBe(failure);
  });
});

describe('an event that is no part of the answer', () => {
  it.each([
    'data:',
    'data: ',
    'data: null',
    'data: ping',
    'data: "ping"',
    'data: {}',
    'data: []',
    'data: keep-alive',
    'data: {"type":"ping"}',
    'data: 1764403200',
    'data: 2026-11-29T08:00:00Z',
    'event: ping\ndata: anything at all',
    'event: keepalive\ndata: {"broken',
    ': comment',
    'event: ping\ndata:',
    'event: queue\ndata: position 3',
  ])('is a heartbeat, wherever it stands: %j', async (beat) => {
    await using world = await startAgent();
    const pieces = [structure.slice(0, 40), structure.slice(40)].map(contentChunk);
    const frames = [opening, ...pieces, finishChunk('stop'), done].flatMap((frame) => [`${beat}\n\n`, frame]);
    expectRight('value', await outcomeOf(world, frames), beat);
  });

  it.each(['data: nonsense', 'data: {"choices":[', 'data: 17', 'event: message\ndata: nonsense'])(
    'is no heartbeat in place of a chunk: %j',
    async (frame) => {
      await using world = await startAgent();
      expect(
        await outcomeOf(world, [opening, `${frame}\n\n`, contentChunk(words), finishChunk('stop')]),
      ).toBe('ambiguous');
    },
  );

  it('is an error, where an event says so', async () => {
    await using world = await startAgent();
    const frames = [
      opening,
      contentChunk(words),
      `event: error\n${event({ message: 'the GPU fell off' })}`,
      finishChunk('stop'),
    ];
    expect(await outcomeOf(world, frames)).toBe('failed');
  });

  it.each<[string, unknown]>([
    ['a list of texts', ['What is ', 'the company called?']],
    ['parts without a type', [{ text: words }]],
    ['a text of its own', [{ type: 'text', text: { value: words, annotations: [] } }]],
    [
      'thoughts before it',
      [
        { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
        { type: 'text', text: words },
      ],
    ],
    [
      'reasoning, pictures and others',
      [
        { type: 'reasoning', text: 'hm' },
        { type: 'image_url', image_url: {} },
        null,
        7,
        { type: 'output_text', text: words },
      ],
    ],
    ['one part', { type: 'text', text: words }],
  ])('is content in parts: %s', async (_what, content) => {
    await using world = await startAgent();
    expectRight(
      'words',
      await outcomeOf(world, [opening, chunk({ delta: { content } }), finishChunk('stop'), done]),
      _what,
    );
  });
});
