// What services put beside an answer for their own purposes, in lower case: such an entity is never the contract.
const serviceEntities: ReadonlySet<string> = new Set([
  'clientinfo',
  'geocoordinates',
  'mention',
  'place',
  'productinfo',
  'streaminfo',
  'thing',
]);

export function isServiceEntity(entity: unknown): boolean {
  if (typeof entity !== 'object' || entity === null || !('type' in entity)) return false;
  const { type } = entity;
  if (typeof type !== 'string') return false;
  return serviceEntities.has(type.toLowerCase()) || /^https?:\/\/schema\.org\//i.test(type);
}
