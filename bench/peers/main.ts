/** Measures other engines beside ours, in the same rounds. See README.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { compare, disposeOfAll, startAll } from '../cases/bench-case.ts';
import { startUnderLoad } from '../cases/server-under-load.ts';
import type { Contender } from '../measure/contender.ts';
import type { Load } from '../measure/drive.ts';
import { runSchema } from '../measure/drive.ts';
import { readOptions } from '../options.ts';
import { startChild } from '../processes/child.ts';
import type { Child } from '../processes/child.ts';
import { openProgress } from '../report/progress.ts';
import { renderSection } from '../report/table.ts';
import { startBenchRedis } from '../world/bench-redis.ts';
import { conversationCount } from '../world/workload.ts';
import { startRestate } from './restate.ts';

const metrics = [
  { key: 'perSecond', title: 'turns/s', digits: 0, isCompared: true },
  { key: 'p99Ms', title: 'p99 ms', digits: 2, isCompared: false },
];

const read = readOptions(process.argv.slice(2));
if (read.kind !== 'arguments') throw new Error('Options: --seconds N, --rounds N, --quick');
const { arguments: options } = read;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const dir = mkdtempSync(join(tmpdir(), 'turnkeeper-bench-peers-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));

const { tell, end } = openProgress('peers');
const setting = { options, progress: tell };
await using redis = await startBenchRedis();
await using everysec = await startBenchRedis('everysec');

const contenderOf = (name: string, child: Pick<Child, 'call'>, load: Load): Contender => ({
  name,
  measure: async () => {
    const { operations, elapsedMs, p99Ms } = await child.call('run', load, runSchema);
    return { perSecond: (operations / elapsedMs) * 1_000, p99Ms };
  },
});

const nameOf = (clients: number): string => (clients === 1 ? '1 client' : `${clients} clients`);

async function inProcess(clients: number) {
  const graphProcess = new URL('langgraph-process.ts', import.meta.url);
  const started = await startAll([
    startChild('subject-process', {
      kind: 'turn',
      redisUrl: redis.url,
      prefix: `peers-${clients}`,
      users: 16,
    }),
    startChild(graphProcess, { file: null }),
    startChild(graphProcess, { file: join(dir, `checkpoints-${clients}.db`) }),
  ]);
  const [ours, inMemory, onDisk] = started;
  if (ours === undefined || inMemory === undefined || onDisk === undefined)
    throw new RangeError('They did not start.');
  await ours.call('prepare', { conversations: conversationCount, turns: 1 }, z.null());
  const load: Load = { clients, conversations: conversationCount, until: { ms: 1_000 * options.seconds } };
  try {
    return await compare(setting, {
      title: `In process, ${nameOf(clients)}`,
      note: 'Its threads become longer from round to round, and a turn of LangGraph with them.',
      contenders: [
        contenderOf('Turnkeeper, createCaller, Redis', ours, load),
        contenderOf('LangGraph JS, MemorySaver', inMemory, load),
        contenderOf('LangGraph JS, SqliteSaver', onDisk, load),
      ],
      metrics,
    });
  } finally {
    await disposeOfAll(started);
  }
}

async function overHttp() {
  await using ours = await startUnderLoad('ours', [
    { kind: 'ours', redisUrl: everysec.url, redisPrefix: 'peers' },
  ]);
  await using restate = await startRestate();
  const sections = [];
  for (const clients of [1, 32]) {
    const load: Load = { clients, conversations: conversationCount, until: { ms: 1_000 * options.seconds } };
    sections.push(
      await compare(setting, {
        title: `Over HTTP, ${nameOf(clients)}`,
        note: 'Restate with its defaults; ours with a Redis that has appendfsync everysec.',
        contenders: [
          contenderOf('Turnkeeper, workflow.turn', ours.load, load),
          contenderOf('Restate, a virtual object', restate.load, load),
        ],
        metrics,
      }),
    );
  }
  return sections;
}

const sections = [await inProcess(1), await inProcess(32), ...(await overHttp())];
end();
for (const section of sections) console.log(`${renderSection(section)}\n`);
