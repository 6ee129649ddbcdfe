import { gatherEvidence } from '../evidence.ts';
import type { Evidence } from '../evidence.ts';
import type { History } from '../history.ts';
import type { Stored } from '../stored.ts';
import { checkAcknowledged } from './acknowledged.ts';
import { checkAgentMemory } from './agent-memory.ts';
import { checkEnds } from './ends.ts';
import { checkExpectedAnswers } from './expected-answers.ts';
import { checkExpiry } from './expiry.ts';
import { checkFenced } from './fenced.ts';
import { checkFields } from './fields.ts';
import { checkFreed } from './freed.ts';
import { checkIsolation } from './isolation.ts';
import { checkNumbers } from './numbers.ts';
import { checkOneAgentCall } from './one-agent-call.ts';
import { checkOrder } from './order.ts';
import { checkPatience } from './patience.ts';
import { checkRecovered } from './recovered.ts';
import { checkRefusedEnds } from './refused-ends.ts';
import { checkRefused } from './refused.ts';
import { checkReplays } from './replays.ts';
import type { Violation } from './violation.ts';

const checks: readonly ((evidence: Evidence) => Violation[])[] = [
  checkNumbers,
  checkAcknowledged,
  checkRefused,
  checkRefusedEnds,
  checkReplays,
  checkFields,
  checkOrder,
  checkEnds,
  checkOneAgentCall,
  checkFenced,
  checkAgentMemory,
  checkExpiry,
  checkIsolation,
  checkExpectedAnswers,
  checkPatience,
  checkRecovered,
  checkFreed,
];

/** Returns every broken promise in a history and the final contents of Redis. */
export function checkHistory(history: History, stored: Stored): Violation[] {
  const evidence = gatherEvidence(history, stored);
  return checks.flatMap((check) => check(evidence));
}
