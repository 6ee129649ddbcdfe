import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';
import { untilGivenUp } from './support/until-given-up.ts';

/** Starts a Redis that loses nothing it has acknowledged, however it ends. */
const startDurableRedis = () => startOwnRedis({ appendOnly: true, extraConfig: ['appendfsync always'] });

const envFor = (url: string) => ({
  REDIS_URL: url,
  REDIS_COMMAND_TIMEOUT_MS: '300',
  LOCK_TTL_MS: '1000',
});

type OwnRedis = Awaited<ReturnType<typeof startOwnRedis>>;

const outages: readonly {
  readonly name: string;
  readonly goAway: (redis: OwnRedis) => unknown;
  readonly comeBack: (redis: OwnRedis) => unknown;
}[] = [
  {
    name: 'is killed and started again',
    goAway: (redis) => redis.kill(),
    comeBack: (redis) => redis.start(),
  },
  { name: 'hangs and goes on', goAway: (redis) => redis.hang(), comeBack: (redis) => redis.goOn() },
];

describe('a Redis in mid-conversation', () => {
  for (const { name, goAway, comeBack } of outages)
    it(
      `that ${name}: the message fails, the page stays, and the same turn then happens once`,
      inBrowser(async ({ open, keep }) => {
        const agent = new ScriptedAgent([{ text: 'Where to?' }, { text: 'And when?' }]);
        const redis = keep(await startDurableRedis());
        const server = keep(await startChatServer({ agent, definitions: [travel], env: envFor(redis.url) }));
        const chat = await open(server.url, { failedRequests: true });
        await chat.page.clock.install();
        await chat.page.reload();
        await chat.start('Business trip');
        await goAway(redis);
        await chat.say('Bergen');
        await untilGivenUp(chat);
        await chat.sees('Where to?');
        expect(agent.requests).toHaveLength(1);

        await comeBack(redis);
        await eventually(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200);
        await chat.button('Try again').click();
        await chat.sees('And when?');
        await chat.sees('Bergen');
        expect(new Set(chat.turnIds.slice(1)).size).toBe(1);
        expect(agent.requests).toHaveLength(2);
      }),
    );

  it(
    'is down when the page opens: the page says so, and a retry loads everything',
    inBrowser(async ({ open, keep }) => {
      const redis = keep(await startDurableRedis());
      const server = keep(await startChatServer({ env: envFor(redis.url) }));
      const before = await open(server.url);
      await before.start('Leave request');
      const { hash } = new URL(before.page.url());
      await before.page.close();

      await redis.kill();
      const chat = await open(server.url, { hash: '#/', failedRequests: true });
      await chat.page.clock.install();
      await chat.page.goto(`${server.url}/${hash}`);
      await chat.page.reload();
      const failure = chat.page.getByRole('alert').filter({ hasText: 'This could not be loaded' });
      await eventually(async () => {
        await chat.page.clock.fastForward(10_000);
        return failure.count();
      }).toBe(1);
      await redis.start();
      await eventually(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200);
      await chat.button('Try again').click();
      await chat.messages.getByRole('listitem').first().waitFor();
    }),
  );
});
