import type { Reload } from '../../server/definitions/watched-definitions.ts';
import type { Workflow, Workflows } from '../../server/domain/workflow.ts';

/** Describes a reload for the terminal: the saved files, the workflows that changed, and the faults. */
export function describeReload({ files, before, after, faults }: Reload): string {
  const changes = changesOf(before, after);
  const what = changes.length === 0 ? '' : ` (${changes.join(', ')})`;
  return [
    `Reloaded for the next turn: ${files.join(', ')}${what}`,
    ...[...after.values()].flatMap((workflow) => unversionedChange(before.get(workflow.id), workflow)),
    ...(faults.length === 0 ? [] : [describeFaults(faults)]),
  ].join('\n');
}

export function describeFaults(faults: readonly string[]): string {
  const what = 'There are faults. What these files held before runs on until they are mended:';
  return [what, ...faults.map((fault) => `  ${fault}`)].join('\n');
}

function changesOf(before: Workflows, after: Workflows): string[] {
  const running = [...after.values()].flatMap(({ id, version }) => {
    const old = before.get(id);
    if (old === undefined) return [`${id} v${version} is new`];
    return old.version === version ? [] : [`${id} v${old.version} → v${version}`];
  });
  const gone = [...before.keys()].filter((id) => !after.has(id)).map((id) => `${id} is gone`);
  return [...running, ...gone];
}

/** Collected fields are checked again only under another version (docs/workflows.md). */
function unversionedChange(old: Workflow | undefined, { id, version, fields }: Workflow): string[] {
  if (old?.version !== version) return [];
  const changed = [...old.fields.values()]
    .filter(({ name, shownSchema }) => fields.get(name)?.shownSchema !== shownSchema)
    .map(({ name }) => name);
  if (changed.length === 0) return [];
  return [
    `  ${id} is still v${version}, so open conversations keep the ${changed.join(', ')} that they have. Raise the version to have that checked again.`,
  ];
}
