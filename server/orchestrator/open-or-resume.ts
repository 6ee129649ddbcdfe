import type { Opening, TurnInput } from '../../contract/inputs.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { migrateOrThrow } from '../domain/migrate-state.ts';
import { openedState } from '../domain/open-state.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow, Workflows } from '../domain/workflow.ts';
import { requireShownCard } from './agent-input.ts';
import type { Dependencies } from './dependencies.ts';
import type { InputDigests } from './input-digest.ts';

interface NextTurn {
  readonly key: ConversationKey;
  readonly workflows: Workflows;
  /** The workflow that the caller named, if one was. */
  readonly named: Workflow | null;
  readonly input: TurnInput;
  readonly opening: Opening | null;
}

/**
 * The state that a turn starts from, checked to be one that can take the turn.
 * @param stored null for a conversation that is to be opened
 * @throws TurnkeeperError UNKNOWN_CARD, UNKNOWN_WORKFLOW, WORKFLOW_MISMATCH, WORKFLOW_ENDED, OPENING_DIFFERS, BUDGET_SPENT,
 * DEFINITION_CHANGED, INVALID_INPUT
 */
export function openOrResume(
  { ids, clock, digests }: Pick<Dependencies, 'ids' | 'clock' | 'digests'>,
  { key, workflows, named, input, opening }: NextTurn,
  stored: ConversationState | null,
): { workflow: Workflow; state: ConversationState } {
  requireShownCard(input, stored);
  if (stored === null) {
    const workflow = workflowToOpen(workflows, named);
    const openingDigest = opening === null ? undefined : digests.ofOpening(key, opening);
    const opened = { incarnation: ids.incarnation(), now: clock.now(), opening, openingDigest };
    return { workflow, state: openedState(workflow, opened) };
  }
  const workflow = workflowOf(workflows, stored, named);
  if (stored.status !== 'active') {
    throw new TurnkeeperError(
      'WORKFLOW_ENDED',
      `This conversation is ${stored.status}; its result stands. Start a new one.`,
    );
  }
  if (opening !== null) requireSameOpening(digests, stored, { key, opening });
  requireBudget(workflow, stored);
  return { workflow, state: migrateOrThrow(workflow, stored) };
}

/**
 * An opening whose digest can't be compared any more counts as the same.
 * @throws TurnkeeperError OPENING_DIFFERS
 */
function requireSameOpening(
  digests: InputDigests,
  { openingDigest }: ConversationState,
  { key, opening }: { readonly key: ConversationKey; readonly opening: Opening },
): void {
  if (openingDigest !== undefined && digests.compareOpening(openingDigest, key, opening) !== 'other') return;
  throw new TurnkeeperError(
    'OPENING_DIFFERS',
    'This conversation exists, and was opened with something else. Leave the opening out to go on with it.',
    { issues: [{ path: 'opening', message: 'differs from what the conversation was opened with' }] },
  );
}

/**
 * Tokens are known only after a turn, so the turn that goes beyond their number is still committed.
 * @throws TurnkeeperError BUDGET_SPENT
 */
function requireBudget({ budget }: Workflow, { turnCount, tokensUsed = 0 }: ConversationState): void {
  const isSpent = (used: number, most: number | null): boolean => most !== null && used >= most;
  const spent = isSpent(turnCount, budget.turns)
    ? `${budget.turns} turns`
    : isSpent(tokensUsed, budget.tokens)
      ? `${budget.tokens} tokens`
      : null;
  if (spent === null) return;
  throw new TurnkeeperError(
    'BUDGET_SPENT',
    `This conversation has used the ${spent} that its workflow allows. It can be read and ended, and a new one can be started.`,
  );
}

/**
 * The workflow that a caller named; `null` when none was named.
 * @throws TurnkeeperError UNKNOWN_WORKFLOW
 */
export function namedWorkflow(workflows: Workflows, workflowId: string | undefined): Workflow | null {
  if (workflowId === undefined) return null;
  const workflow = workflows.get(workflowId);
  if (workflow !== undefined) return workflow;
  const known = knownIds(workflows);
  throw new TurnkeeperError('UNKNOWN_WORKFLOW', `There is no such workflow. This server runs ${known}.`, {
    issues: [{ path: 'workflowId', message: `must be one of ${known}` }],
  });
}

/** @throws TurnkeeperError UNKNOWN_WORKFLOW when none was named and there are several */
function workflowToOpen(workflows: Workflows, named: Workflow | null): Workflow {
  if (named !== null) return named;
  const [only, ...others] = workflows.values();
  if (only !== undefined && others.length === 0) return only;
  throw new TurnkeeperError(
    'UNKNOWN_WORKFLOW',
    `To open a conversation, name its workflow: one of ${knownIds(workflows)}.`,
    {
      issues: [{ path: 'workflowId', message: 'is required to open a conversation' }],
    },
  );
}

/**
 * The workflow that a stored conversation runs.
 * @throws TurnkeeperError DEFINITION_CHANGED when this server no longer has it, WORKFLOW_MISMATCH when the caller named
 * another
 */
export function workflowOf(workflows: Workflows, state: ConversationState, named: Workflow | null): Workflow {
  if (named !== null && named.id !== state.workflowId) throw workflowMismatch(state.workflowId);
  const workflow = workflows.get(state.workflowId);
  if (workflow !== undefined) return workflow;
  throw new TurnkeeperError(
    'DEFINITION_CHANGED',
    `This server no longer runs the workflow "${state.workflowId}".`,
  );
}

export function workflowMismatch(actualId: string): TurnkeeperError<'WORKFLOW_MISMATCH'> {
  return new TurnkeeperError(
    'WORKFLOW_MISMATCH',
    'This conversation runs another workflow than the one named.',
    {
      issues: [{ path: 'workflowId', message: `the conversation runs "${actualId}"` }],
    },
  );
}

function knownIds(workflows: Workflows): string {
  return [...workflows.keys()].map((id) => `"${id}"`).join(', ');
}
