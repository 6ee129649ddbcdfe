import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Workflow } from '../../../../server/domain/workflow.ts';
import { incident, leave, vendor, workflowFromJson } from './play.ts';

/** Answers that an earlier version misread, with the values that they may give; and answers that it read right. */
export const guidedCases = z
  .object({
    day: z.iso.date(),
    workflows: z.record(z.string(), z.json()),
    kinds: z.array(
      z.object({
        kind: z.string(),
        inputs: z.array(
          z.object({
            workflow: z.string(),
            field: z.string().optional(),
            before: z.array(z.string()).default([]),
            text: z.string(),
            right: z.array(z.json()),
          }),
        ),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../cases/guided.json', import.meta.url), 'utf8')));

const prepared = new Map<string, Workflow>([vendor, incident, leave].map((shipped) => [shipped.id, shipped]));

/** Returns a shipped workflow or one of the cases. Each is prepared once: that takes longer than reading an answer. */
export function workflowOf(id: string): Workflow {
  const workflow = prepared.get(id) ?? workflowFromJson(guidedCases.workflows[id]);
  prepared.set(id, workflow);
  return workflow;
}
