/** What a workflow allows the cards that its agent shows. */
export interface CardRules {
  /** Names (verb, else id) of the actions that may be submitted; null for all. */
  readonly allowedActions: readonly string[] | null;
  /** Hosts that a card may lead to: `example.com`, `example.com:8443`, or `*.example.com` for all below it. */
  readonly allowedHosts: readonly string[];
}

export function mayBeSubmitted(name: string | null, { allowedActions }: CardRules): boolean {
  return allowedActions === null || (name !== null && allowedActions.includes(name));
}
