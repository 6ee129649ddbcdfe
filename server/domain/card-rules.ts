import { limits } from './limits.ts';

/** What a workflow allows the cards that its agent shows. */
export interface CardRules {
  /** Names (verb, else id) of the actions that may be submitted; null for all. */
  readonly allowedActions: readonly string[] | null;
  /** Hosts that a card may lead to: `example.com`, `example.com:8443`, or `*.example.com` for all below it. */
  readonly allowedHosts: readonly string[];
}

/** What speaks against submitting an action of this name; null for nothing. */
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
