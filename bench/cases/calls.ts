import { startBenchRedis } from '../world/bench-redis.ts';
import type { BenchCase } from './bench-case.ts';
import { compareSubjects } from './compare-subjects.ts';
import { loadMetrics } from './load-sample.ts';

/** The cost of a turn without a transport, beside the least that it could be. */
export const inProcess: BenchCase = async (setting) => {
  await using redis = await startBenchRedis();
  return await compareSubjects(setting, {
    title: 'A turn in process',
    contenders: [
      { name: 'ideal store', kind: 'ideal-turn', redis },
      { name: 'runTurn', kind: 'run-turn', redis },
      { name: 'createCaller', kind: 'turn', redis },
    ],
    metrics: loadMetrics('turns'),
  });
};

/** The cost that a watcher of every conversation adds to a turn. */
export const watcher: BenchCase = async (setting) => {
  await using redis = await startBenchRedis();
  return await compareSubjects(setting, {
    title: 'A turn with a watcher on the same server',
    contenders: [
      { name: 'nobody watches', kind: 'turn', redis },
      { name: 'one watcher', kind: 'watched-turn', redis },
    ],
    metrics: loadMetrics('turns'),
  });
};

/** The cost of reading, beside the plain commands that fetch as much. */
export const get: BenchCase = async (setting) => {
  await using redis = await startBenchRedis();
  return await compareSubjects(setting, {
    title: 'get, a page of 50 messages',
    contenders: [
      { name: 'plain commands', kind: 'ideal-get', redis },
      { name: 'workflow.get', kind: 'get', redis },
    ],
    metrics: loadMetrics('calls'),
    turns: 30,
  });
};

export const list: BenchCase = async (setting) => {
  await using redis = await startBenchRedis();
  return await compareSubjects(setting, {
    title: 'list, a page of 20 conversations',
    contenders: [
      { name: 'plain commands', kind: 'ideal-list', redis },
      { name: 'workflow.list', kind: 'list', redis },
    ],
    metrics: loadMetrics('calls'),
    users: 1,
  });
};

export const replay: BenchCase = async (setting) => {
  await using redis = await startBenchRedis();
  return await compareSubjects(setting, {
    title: 'A turn that was committed before, sent again',
    contenders: [
      { name: 'plain commands', kind: 'ideal-replay', redis },
      { name: 'workflow.turn, replayed', kind: 'replay', redis },
    ],
    metrics: loadMetrics('calls'),
    turns: 5,
  });
};
