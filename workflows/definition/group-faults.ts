import type { z } from 'zod';
import type { DefinitionFault } from './definition-fault.ts';
import { groupSchemaOf, mostGroupItems } from './group-schema.ts';

/** Names that an item, or an operation on one, uses itself. */
const ownNames = new Map([
  ['id', 'the server gives each item its id'],
  ['op', 'it would be taken for an operation on the item'],
]);

/**
 * Lists the faults of a repeating group that another field can't have. The faults of the items' own fields are those of
 * any field.
 * @param faultsOfField the faults of one field, at its path
 */
export function groupFaults(
  schema: z.core.$ZodType,
  path: string,
  faultsOfField: (name: string, schema: z.core.$ZodType, path: string) => DefinitionFault[],
): DefinitionFault[] {
  const group = groupSchemaOf(schema);
  if (group === null) return [];
  const { item, minItems, maxItems, hasChecks } = group;
  const members = Object.entries<z.core.$ZodType>(item.shape);
  const own = [
    members.length === 0 ? 'its items have no fields: give them some, or use a list of texts' : null,
    hasChecks
      ? 'its values are checked one by one, so a check on an item or on the list would refuse all for one: ' +
        'put it into the `check` of the step'
      : null,
    (maxItems ?? 0) > mostGroupItems || minItems > mostGroupItems
      ? `may have at most ${mostGroupItems} items: set a smaller maximum`
      : null,
  ].flatMap((message) => (message === null ? [] : [{ path, message }]));
  return [
    ...own,
    ...members.flatMap(([name, member]) => {
      const at = `${path}.items.${name}`;
      const reserved = ownNames.get(name);
      return [
        ...(reserved === undefined
          ? []
          : [{ path: at, message: `"${name}" is a reserved name within a group, because ${reserved}` }]),
        ...(groupSchemaOf(member) === null
          ? []
          : [{ path: at, message: 'is a group within a group: collect it as a field of its own' }]),
        ...faultsOfField(name, member, at),
      ];
    }),
  ];
}
