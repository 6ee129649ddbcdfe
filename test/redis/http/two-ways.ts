import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { inject } from 'vitest';
import type { Activity } from '../../../server/answer/activity.ts';
import { DevAuthenticator } from '../../../server/auth/dev-authenticator.ts';
import { compose } from '../../../server/compose.ts';
import { createApp } from '../../../server/http/create-app.ts';
import { listen } from '../../../server/http/listen.ts';
import type { Authenticator } from '../../../server/orchestrator/ports/authenticator.ts';
import type { Ids } from '../../../server/orchestrator/ports/ids.ts';
import type { TurnkeeperEvent } from '../../../server/orchestrator/ports/observer.ts';
import { parseStandaloneUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { AgentFailure, ManualClock } from '../../../server/testing/index.ts';
import type { Agent, AgentRequest } from '../../../server/testing/index.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { patientCommandMs } from '../../support/time.ts';
import { survey, travel } from '../contract/sample-workflows.ts';

/** The way that a request took through a server. */
export type Way = 'short' | 'express';

/** Words that make the agent fail, instead of repeating them. */
export const failingWords = 'fail';
/** A header that makes the authenticator fail. */
export const failingHeader = 'x-fail';

/** An agent that says the same to the same. */
const echo: Agent = {
  name: 'echo',
  open: () => Promise.resolve('echo-1'),
  async *send({ query }: AgentRequest): AsyncIterable<Activity> {
    await Promise.resolve();
    if (query.includes(failingWords)) throw new AgentFailure('failed', 'as it was told');
    yield { type: 'message', text: 'Where to?', value: { action: 'ask', data: { nights: 2, odd: 1 } } };
  },
};

class FailingAuthenticator implements Authenticator {
  readonly #inner = new DevAuthenticator();

  authenticate: Authenticator['authenticate'] = (headers) =>
    headers[failingHeader] === undefined
      ? this.#inner.authenticate(headers)
      : Promise.reject(new Error('the keys are out of reach'));
}

/** Ids that are the same in every world: two servers which are asked the same name the same. */
function countedIds(): Ids {
  let count = 0;
  const next = () => `id-${(count += 1)}`;
  return { turnId: next, incarnation: next, ticket: next, mark: next, errorId: next };
}

interface World {
  readonly agent?: Agent;
  readonly env?: Readonly<Record<string, string>>;
}

/** One server over real HTTP and Redis whose answers depend on its requests only; use with `await using`. */
async function startWorld(takesShortWay: boolean, { agent = echo, env = {} }: World) {
  const redisUrl = inject('redisUrl');
  const parsed = parseEnvironment({
    ...{ PORT: '0', REDIS_URL: redisUrl, REDIS_PREFIX: `t-${randomUUID().slice(0, 8)}` },
    ...{ REDIS_COMMAND_TIMEOUT_MS: String(patientCommandMs), MAX_BODY_BYTES: '65536' },
    ...env,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { settings } = parsed;
  const { dependencies, authenticator, firstConnection, close } = await compose({
    ...{ settings, agent, definitions: [travel, survey], redis: parseStandaloneUrl(redisUrl) },
    ...{
      logger: pino({ level: 'silent' }),
      clock: new ManualClock(),
      authenticator: new FailingAuthenticator(),
    },
  });
  await firstConnection;
  const events: TurnkeeperEvent[] = [];
  const app = createApp({
    ...{ settings, authenticator, takesShortWay, isShuttingDown: () => false, chatDir: '/nonexistent' },
    dependencies: {
      ...dependencies,
      ids: countedIds(),
      observer: { tell: (event) => void events.push(event) },
    },
  });
  const ways: Way[] = [];
  const listening = await listen((request, response) => {
    app(request, response);
    // Express gives the response methods of its own.
    ways.push('status' in response ? 'express' : 'short');
  }, settings);
  return {
    url: listening.url,
    /** The way of every request, oldest first. */
    ways,
    events,
    close: async () => {
      listening.closeNow();
      await listening.close();
      close();
    },
  };
}

/** The same server twice: one leaves every call to tRPC's adapter, one takes the short way where it can. */
export async function startBothWays(world: World = {}) {
  const stock = await startWorld(false, world);
  const lean = await startWorld(true, world);
  return {
    stock,
    lean,
    /** Sends the same bytes to both, on connections of their own, and returns both answers, whole. */
    async ask(lines: readonly string[], body = '') {
      const head = [...lines, 'Connection: close'];
      const [expected, answer] = [
        await rawRequest(stock.url, head, body),
        await rawRequest(lean.url, head, body),
      ];
      return { expected: comparable(expected), answer: comparable(answer), way: lean.ways.at(-1) };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([stock.close(), lean.close()]);
    },
  };
}

/** Nothing differs between two equal answers but the time. */
export const withoutDates = (text: string): string => text.replace(/^Date: .*\r\n/gm, '');

function comparable({ status, head, body }: { status: number; head: string; body: string }) {
  return { status, head: withoutDates(`${head}\r\n`), body: withoutDates(body) };
}
