import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Contender, Metric } from '../measure/contender.ts';
import { runSchema } from '../measure/drive.ts';
import { startChild } from '../processes/child.ts';
import type { Child } from '../processes/child.ts';
import { startBenchRedis } from '../world/bench-redis.ts';
import { openOurServer } from '../world/our-server.ts';
import { keysOf, storedConversation } from '../world/stored-sizes.ts';
import { agentStructure, conversationIdOf, identityOf, turnRequest, userWords } from '../world/workload.ts';
import { compare, disposeOfAll } from './bench-case.ts';
import type { BenchCase, CaseSetting } from './bench-case.ts';
import { compareSubjects } from './compare-subjects.ts';
import { loadMetrics, sampleOf } from './load-sample.ts';

const byteMetrics: readonly Metric[] = [{ key: 'bytes', title: 'bytes a turn', digits: 0, isCompared: true }];

/** The bytes that a stored turn takes, beside those that were said in it. */
export const bytes: BenchCase = async ({ options, progress }) => {
  await using redis = await startBenchRedis();
  const [from, to] = options.isQuick ? [20, 60] : [100, 300];
  progress(`Bytes: playing ${to} turns`);
  const server = await openOurServer({ redisUrl: redis.url, redisPrefix: 'bytes' });
  const connection = new Redis(redis.url);
  try {
    const { workflow } = server.callerOf(identityOf(0, 1));
    const stored = () => storedConversation(connection, 'bytes', 0);
    for (let turn = 1; turn <= from; turn += 1) await workflow.turn(turnRequest(0, turn));
    const before = await stored();
    for (let turn = from + 1; turn <= to; turn += 1) await workflow.turn(turnRequest(0, turn));
    const after = await stored();
    const said = Buffer.byteLength(userWords(to) + JSON.stringify(agentStructure(to)));
    const row = (name: string, value: number) => ({ name, samples: [{ bytes: value }] });
    const reference = 'words and structure';
    return [
      {
        title: 'Bytes of a stored turn',
        note: `The state is ${after.stateBytes} bytes, whatever the number of turns. Memory is by MEMORY USAGE, from turn ${from} to ${to}.`,
        reference,
        metrics: byteMetrics,
        rows: [
          row(reference, said),
          row('log entry', after.entryBytes),
          row('turn id', after.turnIdBytes),
          row('memory of all keys', (after.memoryBytes - before.memoryBytes) / (to - from)),
        ],
      },
    ];
  } finally {
    connection.disconnect();
    server.close();
  }
};

/** The effect of conversations that nobody uses on the turns of others. */
export const idle: BenchCase = async (setting) => {
  await using empty = await startBenchRedis();
  await using full = await startBenchRedis();
  const count = setting.options.idle;
  await fillWithIdle(setting, full.url, count);
  return await compareSubjects(setting, {
    title: `A turn beside ${count.toLocaleString('en')} idle conversations`,
    contenders: [
      { name: 'no others', kind: 'turn', redis: empty },
      { name: 'beside the idle ones', kind: 'turn', redis: full },
    ],
    metrics: loadMetrics('turns'),
  });
};

const copiedAtOnce = 1_000;

/** Plays one conversation and copies its keys: that is quicker than to play them all. */
async function fillWithIdle({ progress }: CaseSetting, redisUrl: string, count: number): Promise<void> {
  const prefix = 'idle';
  const server = await openOurServer({ redisUrl, redisPrefix: prefix });
  const redis = new Redis(redisUrl);
  try {
    await server.callerOf(identityOf(0, 1)).workflow.turn(turnRequest(0, 1));
    const keys = await keysOf(redis, prefix, 0);
    for (let first = 0; first < count; first += copiedAtOnce) {
      progress(`Idle conversations: ${first} of ${count}`);
      const pipeline = redis.pipeline();
      for (let index = first; index < Math.min(first + copiedAtOnce, count); index += 1)
        for (const key of keys) pipeline.copy(key, key.replace(conversationIdOf(0), `idle-${index}`));
      await pipeline.exec();
    }
  } finally {
    redis.disconnect();
    server.close();
  }
}

/** The first is the reference. */
const lengths = { usual: [100, 1_000, 5_000], quick: [10, 100] };

/** Few turns a measurement, so that a short conversation stays one. */
const turnsAtATime = 30;

/** The cost of a turn by the length of its conversation: it must not grow with it (I9). */
export const growth: BenchCase = async (setting) => {
  await using redis = await startBenchRedis();
  const children: Child[] = [];
  try {
    const contenders: Contender[] = [];
    const wanted = setting.options.isQuick ? lengths.quick : lengths.usual;
    for (const turns of wanted) {
      setting.progress(`Growth: playing ${turns} turns`);
      const child = await startChild('subject-process', {
        ...{ kind: 'turn', redisUrl: redis.url, prefix: `growth-${turns}`, users: 1 },
      });
      children.push(child);
      await child.call('prepare', { conversations: 1, turns }, z.null());
      // The process of a short conversation must have run as many turns: the compiler makes later ones faster.
      await child.call('warmUp', { operations: Math.max(...wanted) - turns }, z.null());
      const load = { clients: 1, conversations: 1, until: { operations: turnsAtATime } };
      contenders.push({
        name: `after ${turns.toLocaleString('en')} turns`,
        measure: () => sampleOf(redis.counters, () => child.call('run', load, runSchema)),
      });
    }
    const section = await compare(setting, {
      title: 'A turn of a conversation that grows',
      contenders,
      metrics: loadMetrics('turns'),
    });
    return [section];
  } finally {
    await disposeOfAll(children);
  }
};
