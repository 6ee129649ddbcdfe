import type { Json } from '../../../workflows/definition/json.ts';
import { firstChars } from '../first-chars.ts';
import { limits } from '../limits.ts';
import { allowedUrl } from './allowed-url.ts';
import { actionName, isNode, own, ownText } from './card-node.ts';
import type { CardNode } from './card-node.ts';
import { mayBeSubmitted } from './card-rules.ts';
import type { CardRules } from './card-rules.ts';

export interface VettedCard {
  readonly card: Json;
  /** What was removed and why, each once, bounded. */
  readonly issues: readonly string[];
}

/** Keys whose objects a renderer takes for actions, whatever their type says. */
const actionKeys: ReadonlySet<string> = new Set(['actions', 'selectAction', 'inlineAction', 'menuActions']);

/** What makes a client call out by itself when it shows the card. Nothing here would answer it. */
const callingKeys: ReadonlySet<string> = new Set(['refresh', 'authentication']);

/** What can be done on a card without leaving it or sending anything. */
const harmlessActions: ReadonlySet<string> = new Set([
  'Action.ShowCard',
  'Action.ToggleVisibility',
  'Action.ResetInputs',
]);

const issueChars = 200;

/** What a renderer takes an object for by where it stands. */
type Place = 'element' | 'action';

/** Answers undefined for what is removed. */
type Visit = (value: Json, place: Place) => Json | undefined;

type Verdict =
  { readonly ok: true; readonly action: CardNode } | { readonly ok: false; readonly issue: string };

/**
 * Removes from a card what a workflow does not allow it: actions that lead to other hosts, that submit under a name
 * not allowed, or of an unknown type, wherever in the card they stand; and what would call out by itself.
 * @param card as `toBoundedJson` leaves it: its depth bounds the recursion
 */
export function vetCard(card: Json, rules: CardRules): VettedCard {
  const issues = new Set<string>();
  const visit: Visit = (value, place) => {
    if (Array.isArray(value))
      return value.map((item) => visit(item, place)).filter((item) => item !== undefined);
    if (!isNode(value)) return value;
    if (place === 'element' && !isTypedAsAction(value)) return copyOf(value, place, { visit, issues });
    const verdict = judge(value, rules);
    if (verdict.ok) return copyOf(verdict.action, 'action', { visit, issues });
    issues.add(firstChars(`removed ${described(value)} from a card: ${verdict.issue}`, issueChars));
    return undefined;
  };
  return { card: visit(card, 'element') ?? null, issues: [...issues].slice(0, limits.parseIssues) };
}

function copyOf(
  node: CardNode,
  place: Place,
  { visit, issues }: { readonly visit: Visit; readonly issues: Set<string> },
): Json {
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      // What an action submits is nothing that a renderer shows.
      if (place === 'action' && key === 'data') return [[key, value] as const];
      if (callingKeys.has(key)) {
        issues.add(`removed "${key}" from a card: nothing here would answer it`);
        return [];
      }
      const isAction = actionKeys.has(key) || (key === 'fallback' && place === 'action');
      const kept = visit(value, isAction ? 'action' : 'element');
      return kept === undefined ? [] : [[key, kept] as const];
    }),
  );
}

function isTypedAsAction(node: CardNode): boolean {
  return /^action\./i.test(ownText(node, 'type') ?? '');
}

function judge(action: CardNode, rules: CardRules): Verdict {
  const type = ownText(action, 'type') ?? '';
  if (harmlessActions.has(type)) return { ok: true, action };
  switch (type) {
    case 'Action.OpenUrl': {
      const address = allowedUrl(own(action, 'url'), rules.allowedHosts);
      return address.ok ? { ok: true, action: { ...action, url: address.url } } : address;
    }
    case 'Action.Submit':
    case 'Action.Execute':
      return mayBeSubmitted(actionName(action), rules)
        ? { ok: true, action }
        : { ok: false, issue: 'it is not among the actions that the workflow allows' };
    default:
      return { ok: false, issue: 'there is no such type of action here' };
  }
}

function described(action: CardNode): string {
  const type = ownText(action, 'type');
  const name = actionName(action);
  const what = type === null ? 'an action without a type' : `the action "${firstChars(type, 40)}"`;
  return name === null ? what : `${what} named "${firstChars(name, 60)}"`;
}
