import { describe, expect, it } from 'vitest';
import { measure } from './measure.ts';
import type { Fault, History } from './history.ts';
import { answer, at, entry, historyOf, key, refusal, storedOf, turnCall } from './sample-history.ts';

const unavailable = refusal('STATE_STORE_UNAVAILABLE', 503);
const served = (number: number, server: number, to: number) => {
  const turnId = `main-0.${number}`;
  return turnCall(turnId, { server, from: to - 10, to }, answer(entry(number, turnId, 'call-0')));
};
const refused = (server: number, from: number, to: number) =>
  turnCall('main-0.9', { server, from, to }, unavailable);

const hang: Fault = { kind: 'hang redis', server: null, detail: '', from: 1_000, to: 2_000 };
const cut: Fault = { kind: 'cut link', server: 0, detail: '', from: 1_500, to: 1_600 };

const calls = [
  served(1, 0, 500),
  refused(0, 1_100, 1_400),
  refused(1, 1_200, 1_600),
  refused(0, 1_450, 1_950),
  served(2, 0, 2_100),
  served(3, 1, 2_300),
];

function measured(faults: readonly Fault[], change: (history: History) => History = (history) => history) {
  const { history } = historyOf({ calls, journals: [[], []], stored: storedOf([]) });
  return measure(change({ ...history, faults }));
}

describe('the measurements of a run', () => {
  it('counts turns apart from replays, and faults by kind', () => {
    const { turns, replays, faults } = measured([hang, cut]);
    expect({ turns, replays }).toEqual({ turns: 3, replays: 0 });
    expect(faults).toMatchObject({ 'hang redis': 1, 'cut link': 1 });
  });

  it('measures the time from the end of a fault until all its targets answer again', () => {
    expect(measured([hang]).recoveries).toEqual({ 'hang redis': [300] });
  });

  it('does not attribute a recovery to faults that hit the same servers at once', () => {
    expect(measured([hang, cut]).recoveries).toEqual({});
  });

  it('lists the waits for a 503 while Redis hung and nothing else was wrong', () => {
    expect(measured([hang]).hungWaits).toEqual([300, 400, 500]);
    expect(measured([hang, cut]).hungWaits).toEqual([300, 400]);
  });

  it("counts a process's own faults, and measures the recovery from their end", () => {
    const fired = at(600, { type: 'fired', action: 'block', forMs: 1_000, point: 'loaded', ...key });
    const withFired = (history: History): History => ({
      ...history,
      processes: history.processes.map((process) =>
        process.server === 0 ? { ...process, journal: [fired] } : process,
      ),
    });
    const { faults, recoveries } = measured([], withFired);
    expect(faults).toMatchObject({ 'race window: block': 1 });
    expect(recoveries).toEqual({ 'race window: block': [500] });
  });
});
