import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Workflow } from '../../../server/domain/workflow.ts';
import { incident, leave, play, vendor, workflowFromJson } from './play.ts';
import type { PlayedTurn } from './play.ts';

/** Answers that an earlier version stored wrong, with what they may come to; and those that it stored right. */
const cases = z
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
  .parse(JSON.parse(readFileSync(new URL('../../cases/guided.json', import.meta.url), 'utf8')));

const now = Date.parse(`${cases.day}T10:30:00Z`);

function workflowOf(id: string): Workflow {
  const shipped = [vendor, incident, leave].find((workflow) => workflow.id === id);
  return shipped ?? workflowFromJson(cases.workflows[id]);
}

/** What is collected before a field of a shipped workflow is asked for. */
const upTo: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
  dataRegion: {
    legalName: 'Acme',
    legalForm: 'partnership',
    contactName: 'Maria',
    contactEmail: 'm@a.example',
    startDate: '2027-05-01',
    yearlySpend: 5,
    paymentTermDays: 7,
    handlesPersonalData: true,
  },
  legalForm: { legalName: 'Acme' },
  severity: { headline: 'Search is slow', service: 'search', startedAt: '2026-11-12T10:20:00Z' },
  kind: { from: '2026-12-07', days: 5 },
};

interface Asked {
  readonly workflow: string;
  readonly field?: string | undefined;
  readonly before?: readonly string[];
}

async function answer({ workflow, field, before = [] }: Asked, text: string): Promise<PlayedTurn> {
  const collected = upTo[field ?? ''] ?? {};
  const conversation = play(workflowOf(workflow), { collected, turnCount: 1, now });
  for (const said of before) await conversation.say(said);
  return conversation.say(text);
}

/** A value alone stands for the only field that the turn collected. */
function outcome({ delta }: PlayedTurn, isWhole: boolean): unknown {
  const values = Object.values(delta.collected);
  if (values.length === 0) return 'ask';
  return isWhole || values.length > 1 ? delta.collected : values[0];
}

describe.each(cases.kinds)('$kind', ({ inputs }) => {
  it.each(inputs)('$text', async ({ text, right, ...asked }) => {
    const turn = await answer(asked, text);
    expect(right).toContainEqual(outcome(turn, asked.before.length > 0));
    expect(turn.text).not.toBe('');
  });
});
