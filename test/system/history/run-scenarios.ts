import type { AgentMoods } from './ledger-agent.ts';
import { Director } from './director.ts';
import { seededRandom } from './random.ts';
import { staged } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import { runOnStage } from './stage.ts';
import type { RunResult } from './stage.ts';

/** The agent has no moods here: every turn of a scenario says itself how it is to be answered. */
const obedient: AgentMoods = {
  weights: { quick: 1, slow: 0, 'slower than a lease': 0, fails: 0, empty: 0, garbage: 0, hangs: 0, deaf: 0 },
  longestMs: 0,
};

/** Plays scenarios with the same settings, one after the other, on two servers that run the program. */
export async function runScenarios(scenarios: readonly Scenario[], program: string): Promise<RunResult> {
  const settings = scenarios[0]?.settings ?? staged;
  const options = { servers: 2, random: seededRandom(0), moods: obedient, program, settings };
  return runOnStage(options, async (stage) => {
    for (const { name, play } of scenarios) await play(new Director(stage, name));
    return [];
  });
}
