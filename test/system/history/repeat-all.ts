import { nameOf } from './actors.ts';
import type { Call, Outcome } from './history.ts';
import { monotonicMs } from './monotonic.ts';
import type { Recorder } from './recorder.ts';
import type { Stored, StoredConversation } from './stored.ts';

/** Repeated turns for each conversation: the oldest and the newest tell as much as all of them. */
const mostRepeats = 12;
const patienceMs = 5_000;
const givesUpAfterMs = 60_000;

/**
 * Reads every conversation again and repeats its stored turns, after all faults are over: each server must be back,
 * each repeated turn must get its stored answer, and nothing may change.
 */
export async function repeatAll(recorder: Recorder, stored: Stored, servers: number): Promise<void> {
  const firstCalls = new Map<string, Call>();
  for (const call of recorder.calls) {
    if (call.request.op !== 'turn') continue;
    const name = `${nameOf(call.key)} ${call.request.turnId}`;
    if (!firstCalls.has(name)) firstCalls.set(name, call);
  }
  const untilServed = async (
    { key, request }: Pick<Call, 'key' | 'request'>,
    server: number,
  ): Promise<void> => {
    const began = monotonicMs();
    for (;;) {
      const outcome = await recorder.call({ key, request, server, patienceMs });
      if (isServed(outcome) || monotonicMs() - began > givesUpAfterMs) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const repeat = async (name: string, { key, log }: StoredConversation, server: number): Promise<void> => {
    await untilServed({ key, request: { op: 'get' } }, server);
    const half = mostRepeats / 2;
    const chosen = log.length <= mostRepeats ? log : [...log.slice(0, half), ...log.slice(-half)];
    for (const { record } of chosen) {
      const first = firstCalls.get(`${name} ${record.turnId}`);
      if (first !== undefined) await untilServed(first, server);
    }
  };
  const repeats = [...stored.conversations].map(([name, conversation], index) =>
    repeat(name, conversation, index % servers),
  );
  await Promise.all(repeats);
}

function isServed(outcome: Outcome): boolean {
  return outcome.kind === 'answered' || (outcome.kind === 'refused' && outcome.status !== 503);
}
