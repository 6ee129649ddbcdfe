interface Pickable {
  readonly id: string;
  readonly title: string;
}

type Picked<Workflow> =
  { readonly ok: true; readonly workflow: Workflow } | { readonly ok: false; readonly explanation: string };

/** The workflow that an answer to the menu means: by its number, its id or title, or how only one of them begins. */
export function pickWorkflow<Workflow extends Pickable>(
  line: string,
  workflows: readonly Workflow[],
): Picked<Workflow> {
  const numbered = /^\d+$/.test(line) ? workflows[Number(line) - 1] : undefined;
  if (numbered !== undefined) return { ok: true, workflow: numbered };
  const wanted = line.toLowerCase();
  const namesOf = ({ id, title }: Workflow): string[] => [id.toLowerCase(), title.toLowerCase()];
  const named = workflows.filter((workflow) => namesOf(workflow).includes(wanted));
  const begun = workflows.filter((workflow) => namesOf(workflow).some((name) => name.startsWith(wanted)));
  const meant = named.length > 0 ? named : begun;
  const [first, ...others] = wanted === '' ? [] : meant;
  if (first === undefined) {
    return {
      ok: false,
      explanation: `Type a number from 1 to ${workflows.length}, or the beginning of a name.`,
    };
  }
  if (others.length === 0) return { ok: true, workflow: first };
  const ids = meant.map(({ id }) => id).join(', ');
  return { ok: false, explanation: `"${line}" may be any of ${ids}: type more of it, or its number.` };
}
