import type { Issue } from '../../../contract/errors.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { firstChars, isJsonObject, ownProperty } from '../../domain/json.ts';
import type { CardAction } from '../../domain/card-rules.ts';
import { actionName } from './card-node.ts';
import type { CardNode } from './card-node.ts';
import { mayBeSubmitted } from '../../domain/card-rules.ts';
import type { CardRules } from '../../domain/card-rules.ts';
import { InputFaults, SubmittedData } from './input-faults.ts';
import type { Fault } from './input-faults.ts';
import { submitActions } from './submit-actions.ts';
import type { SubmitAction } from './submit-actions.ts';

/** A submission of a card, as the caller claims it. */
export interface Submission {
  readonly data: Readonly<Record<string, Json>>;
  /** The action's verb, else its id, if the data alone does not identify it. */
  readonly action?: string | undefined;
}

export type CheckedSubmission =
  | { readonly ok: true; readonly action: CardAction; readonly data: Readonly<Record<string, Json>> }
  /** Paths from the submission's root: `data.days`, `action`. */
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** An action that the data may belong to, and the faults of that assumption. */
interface CandidateAction {
  readonly action: SubmitAction;
  /** Keys of the action's own data that were submitted unchanged. */
  readonly ownData: number;
  readonly faults: readonly Fault[];
}

const mostIssues = 20;
const issuePathChars = 100;

/**
 * Checks that a submission is one that the card can make: the data of one of its actions, unchanged, and values of the
 * inputs that the action gathers, each fitting its input; nothing else. An input's value takes the place of the
 * action's data of the same name, as renderers merge them.
 */
export function checkCardAction(card: Json, submission: Submission, rules: CardRules): CheckedSubmission {
  const allowed = submitActions(card).filter(({ node }) => mayBeSubmitted(actionName(node), rules));
  if (allowed.length === 0) return refused('data', 'this card has nothing on it that may be submitted');
  const named = allowed.filter(({ node }) => isCalled(node, submission.action));
  if (named.length === 0) return refused('action', 'must be the name of an action of this card');
  const gathering = named.filter(({ node }) => submitsObject(node));
  if (gathering.length === 0) {
    return refused('data', 'this action of the card says a text instead of submitting data: send the text');
  }
  const candidates = candidatesOf(gathering, new SubmittedData(submission.data));
  const nearest = candidates.reduce((best, next) => (isNearer(next, best) ? next : best));
  if (nearest.faults.length > 0) return { ok: false, issues: nearest.faults.map(toIssue) };
  const equals = candidates.filter(
    ({ faults, ownData }) => faults.length === 0 && ownData === nearest.ownData,
  );
  return choose(equals, submission.data);
}

function refused(path: string, message: string): CheckedSubmission {
  return { ok: false, issues: [{ path, message }] };
}

function isCalled(action: CardNode, name: string | undefined): boolean {
  return name === undefined || actionName(action) === name;
}

/** Data that is a text, or a list, is the whole of what an action says: there is no place in it for an input. */
function submitsObject(action: CardNode): boolean {
  const data = ownProperty(action, 'data');
  return data === undefined || data === null || isJsonObject(data);
}

function candidatesOf(actions: readonly SubmitAction[], data: SubmittedData): CandidateAction[] {
  const held = actions.map(({ node }) => Object.entries(ownDataOf(node)));
  // As many faults of the inputs as are reported, beside those for which an action's own data accounts.
  const most = mostIssues + held.reduce((largest, entries) => Math.max(largest, entries.length), 0);
  const inputFaults = new InputFaults(
    data,
    actions.map(({ inputs }) => inputs),
    most,
  );
  return actions.map((action, index) => candidateOf(action, held[index] ?? [], { data, inputFaults }));
}

function ownDataOf(action: CardNode): CardNode {
  const data = ownProperty(action, 'data');
  return isJsonObject(data) ? data : {};
}

function candidateOf(
  action: SubmitAction,
  ownData: readonly (readonly [key: string, expected: Json])[],
  { data, inputFaults }: { readonly data: SubmittedData; readonly inputFaults: InputFaults },
): CandidateAction {
  const accounted = new Set<string>();
  const changed: Fault[] = [];
  const missing: Fault[] = [];
  let unchanged = 0;
  for (const [key, expected] of ownData) {
    if (data.at(key) === undefined) {
      missing.push({ key, message: "is missing: it is data of the card's action" });
    } else if (data.holds(key, expected)) {
      unchanged += 1;
    } else if (action.inputs.has(key)) {
      // An entered value took its place, for the input to judge.
      continue;
    } else {
      changed.push({ key, message: "must be sent unchanged: it is data of the card's action" });
    }
    accounted.add(key);
  }
  const faults = [...changed, ...missing];
  for (const fault of inputFaults.of(action.inputs)) {
    if (faults.length >= mostIssues) break;
    if (!accounted.has(fault.key)) faults.push(fault);
  }
  return { action, ownData: unchanged, faults: faults.slice(0, mostIssues) };
}

function toIssue({ key, message }: Fault): Issue {
  return { path: `data.${firstChars(key, issuePathChars)}`, message };
}

/** With fewer faults, else with more of its own data: that is the most that can tell one action from another. */
function isNearer(one: CandidateAction, other: CandidateAction): boolean {
  if (one.faults.length !== other.faults.length) return one.faults.length < other.faults.length;
  return one.ownData > other.ownData;
}

/** The action among those that submit the very same: a renderer doesn't say which it was. */
function choose(equals: readonly CandidateAction[], data: Submission['data']): CheckedSubmission {
  const actions = equals.map(({ action: { type, node } }): CardAction => ({ type, name: actionName(node) }));
  const [first] = actions;
  if (first !== undefined && actions.every(({ name }) => name === first.name)) {
    return { ok: true, action: first, data };
  }
  // A submission without a name means the action without one, because nobody could name that.
  const nameless = actions.find(({ name }) => name === null);
  if (nameless !== undefined) return { ok: true, action: nameless, data };
  // An agent is not told the id of an `Action.Submit`, so to it they are one. A verb, it is.
  if (actions.every(({ type }) => type === 'Action.Submit')) {
    return { ok: true, action: { type: 'Action.Submit', name: null }, data };
  }
  return refused('action', 'several actions of this card submit this data: name the one that was taken');
}
