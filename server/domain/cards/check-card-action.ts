import type { Json } from '../../../workflows/definition/json.ts';
import { firstChars } from '../first-chars.ts';
import type { Issue } from '../errors.ts';
import type { CardAction } from './card-action.ts';
import { actionName, isNode, own } from './card-node.ts';
import type { CardNode } from './card-node.ts';
import { mayBeSubmitted } from './card-rules.ts';
import type { CardRules } from './card-rules.ts';
import { inputIssue } from './inputs/input-issue.ts';
import { isSameJson } from './same-json.ts';
import { submitActions } from './submit-actions.ts';
import type { CardInput, SubmitAction } from './submit-actions.ts';

/** What a caller says was submitted on a card. */
export interface Submission {
  readonly data: Readonly<Record<string, Json>>;
  /** Which action it was, where the data doesn't tell: its verb, else its id. */
  readonly action?: string | undefined;
}

export type CheckedSubmission =
  | { readonly ok: true; readonly action: CardAction; readonly data: Readonly<Record<string, Json>> }
  /** Paths from the submission's root: `data.days`, `action`. */
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** An action that the data may be of, and what speaks against it. */
interface Candidate {
  readonly action: SubmitAction;
  /** How many of the action's own data were submitted along as they are. */
  readonly ownData: number;
  readonly issues: readonly Issue[];
}

const mostIssues = 20;
const issuePathChars = 100;
/** What the regular expressions of all inputs of a card may take together: some hundredths of a second. */
const regexSteps = 5_000_000;

/**
 * Whether this is what a card submits: the data of one of its actions, unchanged, and values of the inputs that the
 * action gathers, each fitting its input; nothing else. An input's value takes the place of the action's data of the
 * same name, as renderers merge them.
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
  const judge = judgeInputs(submission.data, gathering);
  const candidates = gathering.map((action) => candidateOf(action, submission.data, judge));
  const nearest = candidates.reduce((best, next) => (isNearer(next, best) ? next : best));
  if (nearest.issues.length > 0) return { ok: false, issues: nearest.issues };
  const equals = candidates.filter(
    ({ issues, ownData }) => issues.length === 0 && ownData === nearest.ownData,
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
  const data = own(action, 'data');
  return data === undefined || data === null || isNode(data);
}

type JudgeInputs = (inputs: readonly CardInput[], id: string) => string | null;

/** Judges each input once, whichever actions gather it; of inputs that share an id, one has to be content. */
function judgeInputs(data: Submission['data'], actions: readonly SubmitAction[]): JudgeInputs {
  const declared = new Set<CardInput>();
  for (const inputs of new Set(actions.map((action) => action.inputs))) {
    for (const input of [...inputs.values()].flat()) declared.add(input);
  }
  const mostSteps = regexSteps / declared.size;
  const judged = new Map<CardInput, string | null>();
  const judge = (input: CardInput, id: string): string | null => {
    const known = judged.get(input);
    if (known !== undefined) return known;
    const issue = inputIssue(input, own(data, id), mostSteps);
    judged.set(input, issue);
    return issue;
  };
  return (inputs, id) => {
    const issues = inputs.map((input) => judge(input, id));
    return issues.includes(null) ? null : (issues[0] ?? null);
  };
}

function candidateOf(action: SubmitAction, data: Submission['data'], judge: JudgeInputs): Candidate {
  const held = own(action.node, 'data');
  const ownData: CardNode = isNode(held) ? held : {};
  const issues: Issue[] = [];
  const add = (key: string, message: string | null): void => {
    if (message !== null && issues.length < mostIssues) issues.push({ path: pathOf(key), message });
  };
  let unchanged = 0;
  for (const [key, value] of Object.entries(data)) {
    const expected = own(ownData, key);
    const inputs = action.inputs.get(key);
    if (expected !== undefined && isSameJson(value, expected)) unchanged += 1;
    else if (inputs !== undefined) add(key, judge(inputs, key));
    else if (expected !== undefined) add(key, "must be sent unchanged: it is data of the card's action");
    else add(key, 'is neither an input of the card nor data of its action: leave it out');
  }
  for (const key of Object.keys(ownData)) {
    if (own(data, key) === undefined) add(key, "is missing: it is data of the card's action");
  }
  for (const [id, inputs] of action.inputs) {
    if (own(data, id) === undefined && own(ownData, id) === undefined) add(id, judge(inputs, id));
  }
  return { action, ownData: unchanged, issues };
}

function pathOf(key: string): string {
  return `data.${firstChars(key, issuePathChars)}`;
}

/** With fewer issues, else with more of its own data: that is the most that can tell one action from another. */
function isNearer(one: Candidate, other: Candidate): boolean {
  if (one.issues.length !== other.issues.length) return one.issues.length < other.issues.length;
  return one.ownData > other.ownData;
}

/** The action among those that submit the very same: a renderer doesn't say which it was. */
function choose(equals: readonly Candidate[], data: Submission['data']): CheckedSubmission {
  const actions = equals.map(({ action: { type, node } }): CardAction => ({ type, name: actionName(node) }));
  const [first] = actions;
  if (first !== undefined && actions.every(({ name }) => name === first.name)) {
    return { ok: true, action: first, data };
  }
  // Nobody could name this one, so it is what was meant where nothing was named.
  const nameless = actions.find(({ name }) => name === null);
  if (nameless !== undefined) return { ok: true, action: nameless, data };
  // An agent is not told the id of an `Action.Submit`, so to it they are one. A verb, it is.
  if (actions.every(({ type }) => type === 'Action.Submit')) {
    return { ok: true, action: { type: 'Action.Submit', name: null }, data };
  }
  return refused('action', 'several actions of this card submit this data: name the one that was taken');
}
