import type { CaseName } from '../options.ts';
import type { BenchCase } from './bench-case.ts';
import { get, inProcess, list, replay, watcher } from './calls.ts';
import { coldStart } from './cold-start.ts';
import { contention } from './contention.ts';
import { http, twoProcesses } from './http.ts';
import { cluster, persistence } from './redis-setups.ts';
import { bytes, growth, idle } from './stored.ts';
import { watchFanOut } from './watch-fanout.ts';

export const benchCases: Readonly<Record<CaseName, BenchCase>> = {
  'in-process': inProcess,
  http,
  watcher,
  get,
  list,
  replay,
  contention,
  'watch-fanout': watchFanOut,
  'cold-start': coldStart,
  bytes,
  idle,
  growth,
  'two-processes': twoProcesses,
  persistence,
  cluster,
};
