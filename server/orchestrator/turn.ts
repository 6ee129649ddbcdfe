import type { Opening, TurnInput, WhenBusy } from '../../contract/inputs.ts';
import { noLookups } from '../domain/choice-outcomes.ts';
import type { LookupOutcomes } from '../domain/choice-outcomes.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { TranscriptTurn } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import { standingTurns } from '../domain/undo.ts';
import type { Workflow, Workflows } from '../domain/workflow.ts';
import { cardTurnOf } from './agent-input.ts';
import { applyInput } from './apply-input.ts';
import type { AppliedInput } from './apply-input.ts';
import type { Dependencies } from './dependencies.ts';
import { namedWorkflow, openOrResume } from './open-or-resume.ts';
import type { LoadedConversation } from './ports/workflow-state-store.ts';

/** A turn as its caller asks for it. */
export interface TurnCommand {
  readonly key: ConversationKey;
  /** The caller's own access token; null where there is none. */
  readonly userToken: string | null;
  readonly workflowId: string | undefined;
  /** The caller's idempotency key; undefined where the caller sent none. */
  readonly turnId: string | undefined;
  readonly input: TurnInput;
  /** What the turn would open the conversation with. @default null: nothing */
  readonly opening?: Opening | null;
  readonly whenBusy: WhenBusy;
  /** The longest wait for others, in milliseconds; bounded by the settings. */
  readonly waitMs: number | undefined;
}

/** The same turn with all that is known before anything is loaded. */
export interface Turn extends TurnCommand {
  readonly turnId: string;
  readonly opening: Opening | null;
  /** False if the caller sent no turn id: nobody can have used the one that was made for it. */
  readonly mayBeReplayed: boolean;
  /** Milliseconds since the epoch. */
  readonly began: number;
  /** The workflows when the turn began: it ends on them, whatever is reloaded meanwhile. */
  readonly workflows: Workflows;
  /** The workflow that the caller named, if one was. */
  readonly named: Workflow | null;
  /**
   * The number of the turn that showed the card which the input acts on; null without a card, or if its id is no
   * card's.
   */
  readonly cardTurn: number | null;
}

/** The same turn with the conversation that it continues. */
export interface OpenTurn extends Turn, AppliedInput {
  readonly turnNumber: number;
  readonly workflow: Workflow;
  /** The outcomes of the lookups that checked the values which the caller itself sent. */
  readonly lookups: LookupOutcomes;
  /** The state that the turn starts from. */
  readonly before: ConversationState;
  readonly agentName: string;
  /** Null if the agent must open a fresh conversation of its own. */
  readonly agentConversationId: string | null;
  /** The past turns that the agent asks for, or that its own conversation lacks; oldest first. */
  readonly lastTurns: readonly TranscriptTurn[];
}

/** @throws TurnkeeperError UNKNOWN_WORKFLOW */
export function beginTurn(dependencies: Dependencies, command: TurnCommand): Turn {
  const { clock, ids } = dependencies;
  const workflows = dependencies.workflows.current;
  // Named one by one, here and below: a spread with further members makes a hash table, which costs 10 µs.
  return {
    key: command.key,
    userToken: command.userToken,
    workflowId: command.workflowId,
    input: command.input,
    opening: openingOf(command),
    whenBusy: command.whenBusy,
    waitMs: command.waitMs,
    turnId: command.turnId ?? ids.turnId(),
    mayBeReplayed: command.turnId !== undefined,
    began: clock.now(),
    workflows,
    named: namedWorkflow(workflows, command.workflowId),
    cardTurn: cardTurnOf(command.input),
  };
}

/** An opening that says nothing is none. */
function openingOf({ opening = null }: TurnCommand): Opening | null {
  const { context = {}, prefill = {} } = opening ?? {};
  return Object.keys(context).length + Object.keys(prefill).length === 0 ? null : opening;
}

/**
 * Opens the conversation, or resumes it, checks that it can take this turn, and applies the turn's own input.
 * @param undone the turn to take back, if one is
 * @throws TurnkeeperError as openOrResume and applyInput do
 */
export function openTurn(
  dependencies: Dependencies,
  turn: Turn,
  loaded: LoadedConversation,
  undone: TranscriptTurn | null,
): OpenTurn {
  const { agent, observer } = dependencies;
  const { workflow, state: before } = openOrResume(dependencies, turn, loaded.state);
  const { cardTurn } = loaded;
  const applied = applyInput(workflow, before, turn.input, { cardTurn, undone });
  // An agent that received a turn which never happened needs a fresh conversation (I5). So does one that has never seen
  // this conversation, because another agent was asked before.
  const isAgentStale = loaded.holder?.isAgentStale === true || before.agentName !== agent.name;
  // An agent that remembers what was taken back would go on from it.
  const needsFreshOne = isAgentStale || undone !== null;
  const turnNumber = before.turnCount + 1;
  const { key, turnId } = turn;
  observer.tell({ type: 'turn.started', key, turnId, workflowId: workflow.id, turnNumber });
  return {
    key,
    userToken: turn.userToken,
    workflowId: turn.workflowId,
    input: turn.input,
    opening: turn.opening,
    whenBusy: turn.whenBusy,
    waitMs: turn.waitMs,
    turnId,
    mayBeReplayed: turn.mayBeReplayed,
    began: turn.began,
    workflows: turn.workflows,
    named: turn.named,
    cardTurn: turn.cardTurn,
    turnNumber,
    workflow,
    lookups: noLookups,
    before,
    state: applied.state,
    agentInput: applied.agentInput,
    asksAgent: applied.asksAgent,
    fixed: applied.fixed,
    agentName: agent.name,
    agentConversationId: needsFreshOne ? null : before.agentConversationId,
    lastTurns: standingTurns(loaded.lastTurns, undone),
  };
}
