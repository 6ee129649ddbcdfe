import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readActivities } from '../../../../server/agents/copilot-studio/read-activities.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { text, typing, streamedText } from '../../../../cli/emulator/service/activities.ts';
import { answersWith, says, streams } from '../../../../cli/emulator/service/answers.ts';
import { nests, saysMuch, saysOften } from '../../../../cli/emulator/service/faults.ts';
import { agentAt, read, saying, startCopilotWorld, textsOf } from './copilot-world.ts';

async function readingOf(answer: ReturnType<typeof says>) {
  await using world = await startCopilotWorld();
  world.emulator.next('message', answer);
  return await read(world, saying('Good day'));
}

const words = 'Straße — “naïve” 🙂 日本語';
const end = 'event: end\ndata: end\n\n';
const spoken = (said: string): string =>
  `event: activity\ndata: ${JSON.stringify({ type: 'message', text: said })}\n\n`;

describe('An answer is read', () => {
  it('activity by activity, as they arrive, in their order', async () => {
    const streamed = streamedText(['Good ', 'day']);
    const { activities, failure } = await readingOf(answersWith([typing, ...streamed, text('Who comes?')]));
    expect(failure).toBeNull();
    expect(activities.map(({ type, text: said }) => [type, said])).toEqual([
      ['typing', undefined],
      ['typing', 'Good '],
      ['typing', 'day'],
      ['message', 'Good day'],
      ['message', 'Who comes?'],
    ]);
    expect(activities[1]?.entities).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: 'streaminfo', streamSequence: 1 })]),
    );
  });

  it.each(['\n', '\r\n', '\r'] as const)('whatever ends its lines: %j', async (lineEnd) => {
    for (const [ids, manyLines, comments] of [
      [false, false, false],
      [true, true, true],
    ] as const) {
      const style = { lineEnd, ids, manyLines, comments };
      const { activities, failure } = await readingOf(answersWith([text(words), text('two')], { style }));
      expect(failure).toBeNull();
      expect(textsOf({ activities })).toEqual([words, 'two']);
    }
  });

  it('wherever its pieces are cut, in the middle of a character too', async () => {
    const lines = [': comment', 'event: activity', `data: ${JSON.stringify({ text: words })}`, ''];
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const bytes = Buffer.from([...lines, ...lines, 'event: end', 'data: end', '', ''].join(lineEnd));
      for (let size = 1; size <= bytes.length; size += 1) {
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const activities = [];
        for await (const activity of readActivities(ReadableStream.from(pieces))) activities.push(activity);
        expect(textsOf({ activities }), `${JSON.stringify(lineEnd)} by ${size}`).toEqual([words, words]);
      }
    }
  });

  it('while it drips in', async () => {
    const { activities, failure } = await readingOf(says(words, { pace: { bytes: 7, everyMs: 1 } }));
    expect(failure).toBeNull();
    expect(textsOf({ activities })).toEqual([words]);
  });

  it('past what is no activity', async () => {
    const others = [
      { raw: ': a comment\n\n' },
      { raw: 'event: ping\ndata: {}\n\n' },
      { raw: 'data: an event without a name\n\n' },
      { raw: 'event: activity\ndata\n\n' },
      { raw: 'retry: 1000\nunknown: field\n\n' },
    ];
    const { activities, failure } = await readingOf(
      streams([...others, { activity: text('Here I am') }, ...others]),
    );
    expect(failure).toBeNull();
    expect(textsOf({ activities })).toEqual(['Here I am']);
  });

  it('as far as its end, and no further', async () => {
    const { activities, failure } = await readingOf(
      streams([{ raw: spoken('one') + end + spoken('after the end') + end }], { ending: 'hang' }),
    );
    expect(failure).toBeNull();
    expect(textsOf({ activities })).toEqual(['one']);
  });

  it('when it is compressed', async () => {
    await using service = await serve((_request, response) => {
      response.writeHead(200, {
        'content-type': 'Text/Event-Stream; charset=utf-8',
        'content-encoding': 'gzip',
      });
      response.end(gzipSync(spoken(words) + end));
    });
    expect(textsOf(await read(service, saying('Good day')))).toEqual([words]);
  });
});

describe('A large answer is read', () => {
  it('of 10,000 activities', async () => {
    const { activities, failure } = await readingOf(saysOften(10_000));
    expect(failure).toBeNull();
    expect(activities).toHaveLength(10_000);
    expect(activities.at(-1)?.text).toBe('Message 10000');
  });

  it('of as many activities as an answer may have, but not of one more', async () => {
    const most = limits.answerActivities;
    const frames = (count: number) => streams([{ raw: spoken('x').repeat(count) }]);
    expect(await readingOf(frames(most))).toMatchObject({ failure: null, activities: { length: most } });
    expect((await readingOf(frames(most + 1))).failure).toMatchObject({ outcome: 'failed' });
  });

  it('with an activity of a megabyte', async () => {
    const { activities, failure } = await readingOf(saysMuch(1_000_000));
    expect(failure).toBeNull();
    expect(activities[0]?.text).toHaveLength(1_000_000);
  });

  it('with an activity nested 10,000 levels deep, one level deeper than anybody looks, and what stands around it whole', async () => {
    const answer = nests(10_000);
    const { activities, failure } = await readingOf(
      streams([{ activity: text('Before') }, ...answer.items, { activity: text('After') }]),
    );
    expect(failure).toBeNull();
    expect(textsOf({ activities })).toEqual(['Before', 'Deep', 'After']);
    let depth = 0;
    for (let value: unknown = activities[1]; typeof value === 'object' && value !== null; depth += 1) {
      value = depth === 0 ? (value as { value: unknown }).value : (value as { a: unknown }).a;
    }
    expect(depth).toBe(limits.activityDepth + 1);
    expect(() => JSON.stringify(activities)).not.toThrow();
  });
});

describe('An unbounded answer', () => {
  /** Sends the same bytes again and again, as long as the client reads. */
  const without = (piece: string, headers: Readonly<Record<string, string>> = {}): RequestListener => {
    const chunk = Buffer.from(piece.repeat(Math.max(1, Math.floor(65_536 / piece.length))));
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
      const send = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', send);
      send();
    };
  };

  it.each([
    ['activities', spoken('x')],
    ['one activity', 'event: activity\ndata: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['a line without an end', 'x'],
    ['data lines of one activity', 'data: xxxxxxxxxxxxxxxxxxxx\n'],
    ['empty frames', 'data: \n\n'],
    ['comments', ': still here\n'],
    ['empty lines', '\n'],
    ['carriage returns', '\r'],
    ['lines that are none of an event', 'x\n'],
  ])('is cut: %s', async (_of, piece) => {
    await using service = await serve(without(piece));
    const { failure } = await read(service, saying('Good day'));
    expect(failure).toMatchObject({ outcome: 'failed' });
    await service.isLeft;
  });

  it('in its headers is cut as well', async () => {
    await using service = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-much': 'x'.repeat(1_000_000) });
      response.end(spoken('x') + end);
    });
    expect((await read(service, saying('Good day'))).failure).toMatchObject({ outcome: 'ambiguous' });
  });

  it('once it is unpacked is cut too', async () => {
    const bomb = gzipSync(`: ${' '.repeat(100_000_000)}\n\n${spoken('x')}${end}`);
    await using service = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    expect((await read(service, saying('Good day'))).failure).toMatchObject({ outcome: 'failed' });
  });
});

/** Starts a service with this listener on a free port. */
async function serve(listener: RequestListener) {
  let left: () => void = () => undefined;
  const isLeft = new Promise<void>((resolve) => {
    left = resolve;
  });
  const server = createServer((request, response) => {
    response.once('close', left);
    request.resume();
    request.once('end', () => listener(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    agent: agentAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    isLeft,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
