import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import type { Contender, Metric, Sample } from '../measure/contender.ts';
import { startBenchRedis } from '../world/bench-redis.ts';
import { compare } from './bench-case.ts';
import type { BenchCase } from './bench-case.ts';

const metrics: readonly Metric[] = [
  { key: 'readyMs', title: 'ready ms', digits: 0, isCompared: true },
  { key: 'turnMs', title: 'first turn done ms', digits: 0, isCompared: true },
];

const projectDir = fileURLToPath(new URL('../..', import.meta.url));
const builtServer = 'dist/server/main.js';

const looksEveryMs = 5;
const startTimeoutMs = 120_000;

/** The time from the start of a server's process to its first answers. */
export const coldStart: BenchCase = async (setting) => {
  await using redis = await startBenchRedis();
  const env = { REDIS_URL: redis.url, LOG_LEVEL: 'silent' };
  let starts = 0;
  const contenderOf = (name: string, nodeArguments: readonly string[]): Contender => ({
    name,
    measure: () => {
      starts += 1;
      return measureStart(nodeArguments, env, `cold-${starts}`);
    },
  });
  const section = await compare(setting, {
    title: 'From the start of a process to its first answers',
    note: `Ready is the first 200 of /readyz. ${existsSync(builtServer) ? '' : `Not built (npm run build), so ${builtServer} is not among them.`}`,
    contenders: [
      contenderOf('do-nothing server, by tsx', ['--import', 'tsx', 'bench/references/do-nothing-main.ts']),
      contenderOf('npm start (tsx)', ['--import', 'tsx', 'server/main.ts']),
      ...(existsSync(builtServer) ? [contenderOf('built', [builtServer])] : []),
    ],
    metrics,
  });
  return [section];
};

async function measureStart(
  nodeArguments: readonly string[],
  env: Readonly<Record<string, string>>,
  conversationId: string,
): Promise<Sample> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawn(process.execPath, nodeArguments, {
    cwd: projectDir,
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = (): void => void child.kill('SIGKILL');
  process.once('exit', exit);
  try {
    while ((await statusOf(`${url}/readyz`)) !== 200) {
      if (child.exitCode !== null) throw new Error(`${nodeArguments.join(' ')} has ended.`);
      if (performance.now() - began > startTimeoutMs)
        throw new Error(`${nodeArguments.join(' ')} does not start.`);
      await setTimeout(looksEveryMs);
    }
    const readyMs = performance.now() - began;
    await playTurn(url, conversationId);
    return { readyMs, turnMs: performance.now() - began };
  } finally {
    process.off('exit', exit);
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  }
}

/** The status of a server's answer; null while there is none. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const answer = await fetch(url);
    await answer.text();
    return answer.status;
  } catch {
    return null;
  }
}

/** Opens a conversation of a shipped workflow, which the guided agent answers. */
async function playTurn(url: string, conversationId: string): Promise<void> {
  const answer = await fetch(`${url}/trpc/workflow.turn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      json: { conversationId, workflowId: 'vendor-onboarding', input: { type: 'open' } },
    }),
  });
  if (!answer.ok)
    throw new Error(`The first turn was answered with ${answer.status}: ${await answer.text()}`);
}
