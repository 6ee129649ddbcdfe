import type { Json } from '../../../workflows/definition/json.ts';
import { firstChars, isJsonObject, ownProperty } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { allowedUrl, isStrayImage, mayBeLoaded, notLoadable, sourceKeys } from './addresses.ts';
import { actionName, ownNumber, ownText } from './card-node.ts';
import type { CardNode } from './card-node.ts';
import { nameIssue } from '../../domain/card-rules.ts';
import type { CardRules } from '../../domain/card-rules.ts';
import { CardPatterns } from './patterns.ts';

export interface VettedCard {
  readonly card: Json;
  /** The removed parts and the reasons, each once, bounded. */
  readonly issues: readonly string[];
}

/** Keys whose objects a renderer takes for actions, whatever their type says. */
const actionKeys: ReadonlySet<string> = new Set(['actions', 'selectAction', 'inlineAction', 'menuActions']);

/** Keys that make a client call out by itself when it shows the card. Nothing here would answer it. */
const callingKeys: ReadonlySet<string> = new Set(['refresh', 'authentication']);

/** Actions that neither leave the card nor send anything. */
const harmlessActions: ReadonlySet<string> = new Set([
  'Action.ShowCard',
  'Action.ToggleVisibility',
  'Action.ResetInputs',
]);

const issueChars = 200;

/** The kind that a renderer takes an object for, by its place. */
type CardPlace = 'element' | 'action' | 'source';

/** Returns undefined for a value that is removed. */
type CardVisitor = (value: Json, place: CardPlace) => Json | undefined;

type Verdict =
  | { readonly ok: true; readonly node: CardNode }
  | { readonly ok: false; readonly issue: string };

/**
 * Removes the parts of a card that the workflow does not allow: actions, anywhere in the card, that lead to other
 * hosts, submit under a name that is not allowed, or have an unknown type; parts that would send requests by
 * themselves; images and media that don't come from the web; and regular expressions that could keep a client busy for
 * very long. An allowed `fallback` replaces the removed part.
 * @param card as `toBoundedJson` leaves it: its depth bounds the recursion
 */
export function vetCard(card: Json, rules: CardRules): VettedCard {
  const issues = new Set<string>();
  const patterns = new CardPatterns();
  const report = (what: string, issue: string): void => {
    issues.add(firstChars(`removed ${what} from a card: ${issue}`, issueChars));
  };
  const visit: CardVisitor = (value, place) => {
    if (Array.isArray(value))
      return value.map((item) => visit(item, place)).filter((item) => item !== undefined);
    if (!isJsonObject(value)) return value;
    const isAction = place === 'action' || isTypedAsAction(value);
    const verdict: Verdict = isAction ? judge(value, rules) : { ok: true, node: value };
    const what = isAction ? describedAction(value) : describedElement(value);
    const around = isAction ? 'action' : 'element';
    if (!verdict.ok) {
      report(what, verdict.issue);
      return fallbackOf(value, around, visit);
    }
    // Of actions too: among images, say, a renderer takes every object for one, whatever its type says.
    if (!mayBeLoaded(ownProperty(verdict.node, 'url'), place === 'source' ? 'sound or film' : 'image')) {
      report(what, notLoadable);
      return fallbackOf(value, around, visit);
    }
    return copyOf(verdict.node, around, { visit, report, patterns });
  };
  return { card: visit(card, 'element') ?? null, issues: [...issues].slice(0, limits.parseIssues) };
}

/** Returns the card's own substitute for a removed part, vetted like everything; undefined for none. */
function fallbackOf(node: CardNode, around: 'element' | 'action', visit: CardVisitor): Json | undefined {
  const fallback = ownProperty(node, 'fallback');
  return isJsonObject(fallback) ? visit(fallback, around) : undefined;
}

interface Visiting {
  readonly visit: CardVisitor;
  readonly report: (what: string, issue: string) => void;
  readonly patterns: CardPatterns;
}

function copyOf(node: CardNode, place: 'element' | 'action', { visit, report, patterns }: Visiting): Json {
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      // No renderer shows the data that an action submits.
      if (place === 'action' && key === 'data') return [[key, value] as const];
      const issue = issueOf(key, value, { node, patterns });
      if (issue !== null) {
        report(`"${key}"`, issue);
        return [];
      }
      const kept = visit(value, placeOf(key, place));
      return kept === undefined ? [] : [[key, kept] as const];
    }),
  );
}

/** Returns the reason to remove a key of an element or an action; null for none. */
function issueOf(
  key: string,
  value: Json,
  { node, patterns }: { readonly node: CardNode; readonly patterns: CardPatterns },
): string | null {
  if (callingKeys.has(key)) return 'nothing here would answer it';
  if (key === 'regex' && typeof value === 'string' && !patterns.isHarmless(value, longestTextOf(node))) {
    return 'on some texts it might take very long';
  }
  return isStrayImage(key, value) ? notLoadable : null;
}

/**
 * The most characters that a renderer tries an input's expression on: what may be typed, or what the card itself puts
 * in.
 */
function longestTextOf(input: CardNode): number {
  const maxLength = ownNumber(input, 'maxLength') ?? 0;
  const typed = maxLength > 0 && maxLength < limits.textChars ? maxLength : limits.textChars;
  return Math.max(typed, ownText(input, 'value')?.length ?? 0);
}

/** Returns the kind that a renderer takes an object for, under a key of an element or an action. */
function placeOf(key: string, around: 'element' | 'action'): CardPlace {
  if (actionKeys.has(key) || (key === 'fallback' && around === 'action')) return 'action';
  return sourceKeys.has(key) ? 'source' : 'element';
}

function isTypedAsAction(node: CardNode): boolean {
  return /^action\./i.test(ownText(node, 'type') ?? '');
}

function judge(action: CardNode, rules: CardRules): Verdict {
  const type = ownText(action, 'type') ?? '';
  if (harmlessActions.has(type)) return { ok: true, node: action };
  switch (type) {
    case 'Action.OpenUrl': {
      const address = allowedUrl(ownProperty(action, 'url'), rules.allowedHosts);
      return address.ok ? { ok: true, node: { ...action, url: address.url } } : address;
    }
    case 'Action.Submit':
    case 'Action.Execute': {
      const issue = nameIssue(actionName(action), rules);
      return issue === null ? { ok: true, node: action } : { ok: false, issue };
    }
    default:
      return { ok: false, issue: 'there is no such type of action here' };
  }
}

function describedAction(action: CardNode): string {
  const type = ownText(action, 'type');
  const name = actionName(action);
  const what = type === null ? 'an action without a type' : `the action "${firstChars(type, 40)}"`;
  return name === null ? what : `${what} named "${firstChars(name, 60)}"`;
}

function describedElement(element: CardNode): string {
  const type = ownText(element, 'type');
  return type === null ? 'an element without a type' : `the element "${firstChars(type, 40)}"`;
}
