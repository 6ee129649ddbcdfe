import type { ConversationKey, Identity } from '../../../server/domain/identity.ts';

/** Identities whose parts would run together if keys were joined carelessly. */
export const identities: readonly Identity[] = [
  { tenant: 'a', user: 'b:c' },
  { tenant: 'a:b', user: 'c' },
  { tenant: 'a', user: 'd' },
];

const secretOpening = 'secret<';

/** Returns a text that is in everything an identity writes, and so in all of its data. */
export function secretOf({ tenant, user }: Identity): string {
  return `${secretOpening}${tenant}/${user}>`;
}

/** Returns the other identities whose data is in a text. */
export function strangersIn(text: string, own: Identity): string[] {
  // Fast path: most texts contain no secret at all.
  if (!text.includes(secretOpening)) return [];
  return identities.map(secretOf).filter((secret) => secret !== secretOf(own) && text.includes(secret));
}

/** A conversation's name in tables and maps. */
export function nameOf({ tenant, user, conversationId }: ConversationKey): string {
  return `${tenant}/${user}/${conversationId}`;
}
