import { limits } from '../domain/limits.ts';
import { ownProperty } from '../domain/json.ts';
import { isWebAddress } from '../domain/web-address.ts';

// Types of entities that services add for their own purposes, in lower case. Such an entity is never the contract.
const serviceEntities: ReadonlySet<string> = new Set([
  'clientinfo',
  'geocoordinates',
  'mention',
  'place',
  'productinfo',
  'streaminfo',
  'thing',
]);

/** Returns whether a service put an entity there for its own purposes. */
export function isServiceEntity(entity: unknown): boolean {
  if (typeof entity !== 'object' || entity === null || !('type' in entity)) return false;
  const { type } = entity;
  if (typeof type !== 'string') return false;
  return serviceEntities.has(type.toLowerCase()) || /^https?:\/\/schema\.org\//i.test(type);
}

/**
 * Yields the sources that an entity names, in schema.org's words: the claims that a message cites, or a claim of its
 * own. They are candidates, one by one: the caller bounds how many are looked at.
 */
export function* citationsOfEntity(entity: unknown): Generator {
  switch (ownProperty(entity, 'type')) {
    case 'https://schema.org/Message': {
      const citation = ownProperty(entity, 'citation');
      for (const claim of Array.isArray(citation) ? citation : [citation]) yield addressOfClaim(claim);
      break;
    }
    case 'https://schema.org/Claim':
      yield addressOfClaim(entity);
      break;
    default:
      break;
  }
}

function addressOfClaim(claim: unknown): unknown {
  const places = [
    ownProperty(ownProperty(claim, 'appearance'), 'url'),
    ownProperty(claim, 'url'),
    ownProperty(claim, '@id'),
  ];
  return places.find(isCitation);
}

/** Returns citations as a turn reports them: web addresses, each once, the first ones. */
export function boundCitations(candidates: Iterable<unknown>): string[] {
  const citations = new Set<string>();
  let read = 0;
  for (const candidate of candidates) {
    read += 1;
    if (read > limits.citationsRead || citations.size === limits.citations) break;
    if (isCitation(candidate)) citations.add(candidate);
  }
  return [...citations];
}

function isCitation(candidate: unknown): candidate is string {
  return typeof candidate === 'string' && candidate.length <= limits.citationChars && isWebAddress(candidate);
}
