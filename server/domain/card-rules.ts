import { limits } from './limits.ts';

/** The action of a card that data was submitted with. */
export interface CardAction {
  readonly type: 'Action.Submit' | 'Action.Execute';
  /** Its verb, else its id. Null when it has neither, or when the data fits several that differ in their id alone. */
  readonly name: string | null;
}

/** The rules of a workflow for the cards that its agent shows. */
export interface CardRules {
  /** Names (verb, else id) of the actions that may be submitted; null for all. */
  readonly allowedActions: readonly string[] | null;
  /** Hosts that a card may lead to: `example.com`, `example.com:8443`, or `*.example.com` for all below it. */
  readonly allowedHosts: readonly string[];
}

/** The reason why an action of this name must not be submitted; null where it may be. */
export function nameIssue(name: string | null, { allowedActions }: CardRules): string | null {
  if (name !== null && name.length > limits.cardActionNameChars) {
    return `its name is longer than ${limits.cardActionNameChars} characters`;
  }
  if (allowedActions === null || (name !== null && allowedActions.includes(name))) return null;
  return 'it is not among the actions that the workflow allows';
}

export function mayBeSubmitted(name: string | null, rules: CardRules): boolean {
  return nameIssue(name, rules) === null;
}
