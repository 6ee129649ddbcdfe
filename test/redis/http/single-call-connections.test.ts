import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HeldAgent } from '../../support/held-agent.ts';
import { rawConnection } from '../../support/raw-http.ts';
import { asJson, json, opening, post } from './calls-as-bytes.ts';
import type { Sent } from './calls-as-bytes.ts';
import { failingWords, startBothWays, withoutDates } from './two-ways.ts';

let both: Awaited<ReturnType<typeof startBothWays>>;
beforeAll(async () => {
  both = await startBothWays();
});
afterAll(() => both[Symbol.asyncDispose]());

describe('one connection', () => {
  const host = 'Host: 127.0.0.1';

  /** Sends the pieces one after the other to both servers, and returns what each answers until it closes. */
  async function answersTo(pieces: readonly string[]): Promise<string[]> {
    const answers: string[] = [];
    for (const { url } of [both.stock, both.lean]) {
      await using connection = await rawConnection(url);
      connection.socket.setNoDelay(true);
      for (const piece of pieces) {
        connection.send(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await connection.closed;
      answers.push(withoutDates(connection.received()));
    }
    return answers;
  }

  const turn = (name: string) => {
    const body = json({ json: { ...opening, conversationId: name, turnId: name } });
    return `POST /trpc/workflow.turn HTTP/1.1\r\n${host}\r\n${asJson}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const definitions = `GET /trpc/workflow.definitions HTTP/1.1\r\n${host}\r\n`;
  const last = `${definitions}Connection: close\r\n\r\n`;
  const wrong = `GET /trpc/workflow.none HTTP/1.1\r\n${host}\r\n\r\n`;

  it('carries pipelined requests of both ways, answered in their order', async () => {
    const requests = [turn('p-1'), `${definitions}\r\n`, wrong, turn('p-2'), `${definitions}\r\n`, last];
    const [expected, answer] = await answersTo([requests.join('')]);
    expect(answer).toBe(expected);
    const statuses = answer?.match(/^HTTP\/1.1 \d+/gm);
    expect(statuses).toEqual([200, 200, 400, 200, 200, 200].map((status) => `HTTP/1.1 ${status}`));
  });

  it('is read the same however many headers hide a body', async () => {
    const many = 'a:\r\n'.repeat(1_100);
    const hidden = `${definitions}${many}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;
    const [expected, answer] = await answersTo([hidden]);
    expect(answer).toBe(expected);
    expect(both.lean.ways.at(-1)).toBe('express');
  });

  it('may bring a request in any pieces', async () => {
    const request = `${turn('in-pieces')}${last}`;
    const [expected, answer] = await answersTo(request.match(/[^]{1,40}/g) ?? []);
    expect(answer).toBe(expected);
    expect(answer?.match(/^HTTP\/1.1 200/gm)).toHaveLength(2);
  });
});

describe('a client that leaves', () => {
  it.each(['stock', 'lean'] as const)(
    'in the middle of its body harms nobody, and nothing is run (%s)',
    async (name) => {
      const { url, events, ways } = both[name];
      const before = events.length;
      const seen = ways.length;
      {
        await using connection = await rawConnection(url);
        connection.send(
          `POST /trpc/workflow.turn HTTP/1.1\r\nHost: 127.0.0.1\r\n${asJson}\r\nContent-Length: 99\r\n\r\n{"json"`,
        );
        await vi.waitFor(() => expect(ways).toHaveLength(seen + 1));
      }
      expect((await fetch(`${url}/trpc/workflow.list`)).status).toBe(200);
      expect(events.slice(before)).toEqual([]);
    },
  );

  it.each(['stock', 'lean'] as const)('does not stop its turn (%s)', async (name) => {
    const agent = new HeldAgent();
    await using servers = await startBothWays({ agent });
    const { url, events } = servers[name];
    let question: Awaited<ReturnType<HeldAgent['question']>>;
    {
      await using connection = await rawConnection(url);
      const body = json({ json: opening });
      connection.send(
        `POST /trpc/workflow.turn HTTP/1.1\r\nHost: 127.0.0.1\r\n${asJson}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      question = await agent.question();
    }
    question.answer();
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain('turn.committed'));
    expect(events.map(({ type }) => type)).not.toContain('error.unexpected');
  });
});

describe('causes, where they are shown', () => {
  it.each<[string, Sent]>([
    ['an input that is no JSON', post('workflow.turn', '{')],
    ['an input that does not fit', post('workflow.turn', '{"json":{}}')],
    [
      'an agent that fails',
      post('workflow.turn', json({ json: { ...opening, input: { type: 'text', text: failingWords } } })),
    ],
  ])(
    'are the same either way but for the frames of the stack: %s',
    async (_case, [line, headers = [], body]) => {
      await using servers = await startBothWays({ env: { SHOW_ERROR_CAUSES: 'true' } });
      const { answer, expected, way } = await servers.ask([line, 'Host: 127.0.0.1', ...headers], body);
      // The chunk's size, and the frames.
      const plain = (text: string) => text.replace(/^[0-9a-f]+\r\n/, '').replace(/(\\n +at .*?)(?=")/g, '');
      expect(plain(answer.body)).toBe(plain(expected.body));
      expect([way, answer.body.includes('\\n    at ')]).toEqual(['short', true]);
    },
  );
});
