import type { DefinitionResult } from '../../contract/results.ts';
import { comment, literal, propertyName, typeOfSchema } from './json-schema-type.ts';

/** The names that the module declares or imports besides the workflows. */
const taken = ['WorkflowShape', 'Workflows'];

/**
 * Prints a TypeScript module with the types of workflows: a `WorkflowShape` for each, and `Workflows`, their union. It
 * is deterministic: the same workflows, in any order, give the same text.
 * @param version of the tool, for the first line
 */
export function printTypes(definitions: readonly DefinitionResult[], version: string): string {
  const sorted = [...definitions].sort((one, other) => (one.id < other.id ? -1 : 1));
  const names = namesOf(sorted.map(({ id }) => id));
  const shapes = sorted.map((definition, index) => shape(definition, names[index] ?? ''));
  return [
    `// Written by turnkeeper types ${version}: run it again when a definition changes.`,
    "import type { WorkflowShape } from '@turnkeeper/client';",
    '',
    ...shapes,
    '/** All of these workflows: `createTurnkeeperClient<Workflows>({ url })`, `useConversation<Workflows>({ … })`. */',
    `export type Workflows = ${names.join(' | ') || 'never'};`,
    '',
  ].join('\n');
}

function shape({ id, version, title, description = '', steps }: DefinitionResult, name: string): string {
  const indent = '    ';
  const members = steps.map((step) => {
    const fields = step.fields === null ? 'null' : typeOfSchema(step.fields, indent);
    const words = comment([step.title, step.description ?? ''], indent);
    return `${words}${indent}${propertyName(step.id)}: ${fields};`;
  });
  const words = comment([`${title}, version ${version}`, description], '');
  return `${words}export type ${name} = WorkflowShape<\n  ${literal(id)},\n  {\n${members.join('\n')}\n  }\n>;\n`;
}

/** A name for each id: `leave-request` becomes `LeaveRequest`. Ids that differ in hyphens only get a number. */
function namesOf(ids: readonly string[]): string[] {
  const used = new Set(taken);
  return ids.map((id) => {
    const words = id.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
    const plain = words.join('');
    const name = /^[A-Z]/.test(plain) ? plain : `Workflow${plain}`;
    let free = name;
    for (let number = 2; used.has(free); number += 1) free = `${name}_${number}`;
    used.add(free);
    return free;
  });
}
