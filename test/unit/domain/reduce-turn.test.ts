import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findPosition, progressOf } from '../../../server/domain/position.ts';
import { reduceTurn } from '../../../server/domain/reduce-turn.ts';
import type { Reduction } from '../../../server/domain/reduce-turn.ts';
import type { Progression } from '../../../server/domain/state.ts';
import { controlsOf } from '../../../server/domain/view.ts';
import { deepFreeze, leave, leaveFields, progression, said, workflowOfSteps } from './domain-samples.ts';

const detour = workflowOfSteps([
  { id: 'welcome', title: 'Welcome' },
  { id: 'rules', title: 'Rules' },
  { id: 'name', title: 'Name', collects: z.object({ name: z.string() }) },
  { id: 'review', title: 'Review' },
  { id: 'city', title: 'City', collects: z.object({ city: z.string() }) },
  { id: 'done', title: 'Done' },
]);

const silentOnly = (count: number) =>
  workflowOfSteps(Array.from({ length: count }, (_, index) => ({ id: `s-${index}`, title: 'Silent' })));

const inDetour = (before: Partial<Progression>, answer: Parameters<typeof said>[0]): Reduction =>
  reduceTurn(detour, deepFreeze(progression(before)), said(answer));
const inLeave = (before: Partial<Progression>, answer: Parameters<typeof said>[0]): Reduction =>
  reduceTurn(leave, deepFreeze(progression(before)), said(answer));

describe('data that the agent learned', () => {
  it('moves the conversation on when it completes a step', () => {
    const { next, position, delta } = inLeave({}, { data: leaveFields });
    expect(next.collected).toEqual(leaveFields);
    expect(position.current.id).toBe('confirm');
    expect(delta).toMatchObject({
      stateChanged: true,
      collected: leaveFields,
      step: { from: 'dates', to: 'confirm' },
    });
  });

  it('moves it back when a field is cleared', () => {
    const { next, delta, position } = inLeave({ collected: leaveFields }, { data: { days: null } });
    expect(next.collected).toEqual({ from: leaveFields.from });
    expect(delta).toMatchObject({
      stateChanged: true,
      collected: { days: null },
      step: { from: 'confirm', to: 'dates' },
    });
    expect(progressOf(position).percentComplete).toBe(0);
  });

  it('brings in a conditional step, and takes it out again, with the value it depends on', () => {
    const long = inLeave({ collected: leaveFields }, { data: { days: 10 } });
    expect(long.delta.step).toEqual({ from: 'confirm', to: 'cover' });
    expect(progressOf(long.position).totalSteps).toBe(3);
    const short = reduceTurn(leave, long.next, said({ data: { days: 2 } }));
    expect(short.delta.step).toEqual({ from: 'cover', to: 'confirm' });
    expect(progressOf(short.position).totalSteps).toBe(2);
  });

  it('is reported as rejected or ignored where it may not enter, and changes nothing then', () => {
    const { next, delta } = inLeave({}, { data: { days: -1, shoeSize: 44 } });
    expect(next.collected).toEqual({});
    expect(delta).toMatchObject({ stateChanged: false, collected: {}, ignored: ['shoeSize'] });
    expect(delta.rejected.map(({ field }) => field)).toEqual(['days']);
  });
});

describe('`step`', () => {
  it('moves past steps that collect nothing', () => {
    const { next, delta } = inDetour({}, { step: 'name' });
    expect(next.passedSteps).toEqual(['welcome', 'rules']);
    expect(delta).toMatchObject({ stateChanged: true, step: { from: 'welcome', to: 'name' } });
  });

  it('does not pass the step that it names', () => {
    expect(inDetour({}, { step: 'rules' }).position.current.id).toBe('rules');
  });

  it('never moves past a missing required field', () => {
    const { next, position } = inDetour({}, { step: 'done' });
    expect(position.current.id).toBe('name');
    expect(next.passedSteps).toEqual(['welcome', 'rules']);
  });

  it('sees the fields that came in the same answer', () => {
    const { position } = inDetour({}, { step: 'city', data: { name: 'Ada' } });
    expect(position.current.id).toBe('city');
  });

  it('does not take back what was passed when it names an earlier step', () => {
    const { delta, next } = inDetour({ passedSteps: ['welcome', 'rules'] }, { step: 'welcome' });
    expect(next.passedSteps).toEqual(['welcome', 'rules']);
    expect(delta).toMatchObject({ stateChanged: false, step: { from: 'name', to: 'name' } });
  });

  it('is reported, and changes nothing, when the workflow has no such step', () => {
    const { next, delta } = inDetour({}, { step: 'nowhere' });
    expect(next.passedSteps).toEqual([]);
    expect(delta).toMatchObject({ stateChanged: false, parse: 'structured' });
    expect(delta.parseIssues).toEqual([expect.stringContaining('"nowhere"')]);
  });

  it('skips steps that do not apply, missing fields and all', () => {
    const workflow = workflowOfSteps([
      { id: 'intro', title: 'Intro' },
      { id: 'skipped', title: 'Skipped', when: () => false, collects: z.object({ a: z.string() }) },
      { id: 'also-skipped', title: 'Also skipped', when: () => false },
      { id: 'middle', title: 'Middle' },
      { id: 'end', title: 'End', collects: z.object({ b: z.string() }) },
    ]);
    const { position, next } = reduceTurn(workflow, progression(), said({ step: 'end' }));
    expect(position.current.id).toBe('end');
    expect(next.passedSteps).toEqual(['intro', 'middle']);
  });
});

describe('`complete`', () => {
  it('with nothing missing completes the workflow: last step, 100 percent', () => {
    const { next, position, delta } = inLeave({ collected: leaveFields }, { action: 'complete' });
    expect(next).toMatchObject({ status: 'completed', outcome: 'completed' });
    expect(progressOf(position)).toMatchObject({ currentStep: 'confirm', percentComplete: 100 });
    expect(delta).toMatchObject({
      stateChanged: true,
      rejected: [],
      step: { from: 'confirm', to: 'confirm' },
    });
  });

  it('passes every step that collects nothing, wherever it stands', () => {
    const { next, position } = inDetour({}, { action: 'complete', data: { name: 'Ada', city: 'Ulm' } });
    expect(next.status).toBe('completed');
    expect([...position.completed]).toHaveLength(6);
  });

  it('is rejected under each missing field, and the conversation stays active where it was', () => {
    const { next, position, delta } = inLeave({}, { action: 'complete', data: { days: 9 } });
    expect(next.status).toBe('active');
    expect(next).not.toHaveProperty('outcome');
    expect(position.current.id).toBe('dates');
    expect(delta.rejected.map(({ field }) => field)).toEqual(['from', 'colleague']);
    expect(next.passedSteps).toEqual([]);
  });

  it('names a field once, with the issues of its value, when that value was refused', () => {
    const { delta } = inLeave(
      { collected: { from: '2030-05-01' } },
      { action: 'complete', data: { days: 0 } },
    );
    expect(delta.rejected).toHaveLength(1);
    expect(delta.rejected[0]?.issues.join()).not.toContain('required');
  });
});

describe('the end of the agent’s own conversation', () => {
  it('completes the workflow, if nothing required is missing', () => {
    const { next, position, delta } = inLeave({ collected: leaveFields }, { agentEnd: 'completed' });
    expect(next).toMatchObject({ status: 'completed', outcome: 'completed', awaitsConfirmation: false });
    expect(progressOf(position).percentComplete).toBe(100);
    expect(delta).toMatchObject({ stateChanged: true, rejected: [], parseIssues: [] });
  });

  it('counts the fields that came with it', () => {
    expect(inLeave({}, { agentEnd: 'completed', data: leaveFields }).next.status).toBe('completed');
  });

  it('needs no structure', () => {
    const { next } = inLeave({ collected: leaveFields }, { parse: 'passthrough', agentEnd: 'completed' });
    expect(next.status).toBe('completed');
  });

  it('keeps the conversation in its place while something is missing: reported, but rejected it is not', () => {
    const { next, delta } = inLeave({ collected: { days: 3 } }, { agentEnd: 'completed' });
    expect(next).toMatchObject({ status: 'active', passedSteps: [] });
    expect(delta).toMatchObject({
      stateChanged: false,
      rejected: [],
      parseIssues: ['endOfConversation: the workflow still lacks required fields'],
    });
  });

  it('rejects the missing fields only where the agent also says that the workflow is complete', () => {
    const { delta } = inLeave({ collected: { days: 3 } }, { agentEnd: 'completed', action: 'complete' });
    expect(delta.rejected.map(({ field }) => field)).toEqual(['from']);
    expect(delta.parseIssues).toEqual([]);
  });

  it('keeps the conversation in its place when it was broken off, and is reported', () => {
    const { next, delta } = inLeave({ collected: leaveFields }, { agentEnd: 'broken-off' });
    expect(next.status).toBe('active');
    expect(delta).toMatchObject({
      stateChanged: false,
      parseIssues: ['endOfConversation: the agent broke its conversation off'],
    });
  });
});

describe('without a step that collects nothing', () => {
  const workflow = workflowOfSteps([
    { id: 'name', title: 'Name', collects: z.object({ name: z.string() }) },
    { id: 'city', title: 'City', collects: z.object({ city: z.string() }) },
  ]);

  it('the last field completes the workflow, whatever the action', () => {
    const before = progression({ collected: { name: 'Ada' } });
    const { next, position } = reduceTurn(
      workflow,
      before,
      said({ action: 'confirm', data: { city: 'Ulm' } }),
    );
    expect(next).toMatchObject({ status: 'completed', outcome: 'completed', awaitsConfirmation: false });
    expect(progressOf(position).percentComplete).toBe(100);
    expect(controlsOf(next, position).suggestedInput).toEqual({ type: 'none' });
  });
});

describe('`confirm`', () => {
  it('makes the next input a confirmation, until an answer that does not ask for one', () => {
    const asked = inLeave({ collected: leaveFields }, { action: 'confirm' });
    expect(asked.next.awaitsConfirmation).toBe(true);
    expect(controlsOf(asked.next, asked.position).suggestedInput).toEqual({ type: 'confirmation' });
    const after = reduceTurn(leave, asked.next, said({ action: 'ask' }));
    expect(after.next.awaitsConfirmation).toBe(false);
  });
});

describe('an answer without usable structure', () => {
  it.each(['passthrough', 'invalid'] as const)('(%s) keeps the conversation in its place', (parse) => {
    const before = { collected: leaveFields, passedSteps: [] };
    const { next, delta } = inLeave(before, { parse, parseIssues: ['text: is not valid JSON'] });
    expect(next).toEqual({ ...progression(before), turnCount: 1 });
    expect(delta).toEqual({
      stateChanged: false,
      collected: {},
      rejected: [],
      ignored: [],
      step: { from: 'confirm', to: 'confirm' },
      action: null,
      parse,
      parseIssues: ['text: is not valid JSON'],
      citations: [],
    });
  });
});

describe('`stateChanged`', () => {
  it.each([
    { what: 'an unchanged value', answer: { data: leaveFields }, changed: false },
    { what: 'another value of a field', answer: { data: { days: 4 } }, changed: true },
    { what: 'an optional field', answer: { data: { note: 'by train' } }, changed: true },
    { what: 'the end of the workflow', answer: { action: 'complete' as const }, changed: true },
    { what: 'a question', answer: { action: 'ask' as const, prompt: 'Sure?' }, changed: false },
    { what: 'a wish for confirmation', answer: { action: 'confirm' as const }, changed: false },
    { what: 'a refused value', answer: { data: { days: 1.5 } }, changed: false },
  ])('is $changed for $what', ({ answer, changed }) => {
    expect(inLeave({ collected: leaveFields }, answer).delta.stateChanged).toBe(changed);
  });

  it('is true when only the current step moved', () => {
    const { delta } = reduceTurn(silentOnly(2), progression(), said({ step: 's-1' }));
    expect(delta).toMatchObject({ stateChanged: true, collected: {} });
  });
});

describe('any sequence of answers, in any workflow', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
  const schemas = {
    text: z.string().min(1),
    optionalText: z.string().optional(),
    integer: z.int().min(0).max(9),
    flag: z.boolean(),
    choice: z.enum(['red', 'green']),
    list: z.array(z.string()).max(2),
  };
  const kind = fc.constantFrom('text', 'optionalText', 'integer', 'flag', 'choice', 'list');
  const step = fc.record({
    kinds: fc.array(kind, { maxLength: 2 }),
    condition: fc.constantFrom('always', 'always', 'never', 'once a is known', 'while b is unknown'),
  });
  const whens = {
    always: undefined,
    never: () => false,
    'once a is known': (collected: Record<string, unknown>) => collected['a'] !== undefined,
    'while b is unknown': (collected: Record<string, unknown>) => collected['b'] === undefined,
  } as const;
  const workflows = fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => {
    const unused: string[] = [...names];
    return workflowOfSteps(
      steps.map(({ kinds, condition }, index) => {
        const shape = Object.fromEntries(
          kinds.flatMap((chosen) => {
            const name = unused.shift();
            return name === undefined ? [] : [[name, schemas[chosen]] as const];
          }),
        );
        const when = whens[condition];
        return {
          id: `step-${index}`,
          title: `Step ${index}`,
          ...(Object.keys(shape).length === 0 ? {} : { collects: z.object(shape) }),
          ...(when === undefined ? {} : { when }),
        };
      }),
    );
  });
  const value = fc.oneof(
    fc.constantFrom(null, '', 'x', 'red', 0, 3, -1, true, false),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.object({ maxDepth: 1, values: [fc.string(), fc.integer()] }).map((object) => ({ ...object, k: 1 })),
  );
  const data = fc.dictionary(fc.constantFrom(...names, 'undeclared', 'toString'), value, { maxKeys: 4 });
  const answers = fc.array(
    fc.record({
      data,
      action: fc.constantFrom(null, 'ask', 'research', 'confirm', 'complete', 'error'),
      step: fc.option(fc.constantFrom('step-0', 'step-1', 'step-2', 'step-4', 'nowhere')),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('keeps the invariants of position, status and delta, and never touches the state it was given', () => {
    fc.assert(
      fc.property(workflows, answers, (workflow, sequence) => {
        let before = deepFreeze(progression());
        for (const answer of sequence) {
          if (before.status !== 'active') break;
          const { next, position, delta } = reduceTurn(workflow, before, said(answer));
          const progress = progressOf(position);

          expect(Number.isInteger(progress.percentComplete)).toBe(true);
          expect(progress.percentComplete).toBeGreaterThanOrEqual(0);
          expect(progress.percentComplete).toBeLessThanOrEqual(100);
          expect(progress.percentComplete === 100).toBe(position.isFinished);
          expect(progress.stepNumber).toBeGreaterThanOrEqual(1);
          expect(progress.stepNumber).toBeLessThanOrEqual(progress.totalSteps);
          expect(next.status === 'completed').toBe(position.isFinished);
          expect(next.outcome).toBe(position.isFinished ? 'completed' : undefined);
          if (position.isFinished) expect(position.current).toBe(position.applicable.at(-1));

          for (const [name, collected] of Object.entries(next.collected)) {
            expect(workflow.fields.get(name)?.check(collected)).toEqual({ ok: true, value: collected });
          }
          const replayed = new Map(Object.entries(before.collected));
          for (const [name, changedTo] of Object.entries(delta.collected)) {
            expect(replayed.get(name) ?? null).not.toEqual(changedTo);
            if (changedTo === null) replayed.delete(name);
            else replayed.set(name, changedTo);
          }
          expect(next.collected).toEqual(Object.fromEntries(replayed));
          expect(findPosition(workflow, next).current.id).toBe(delta.step.to);
          expect(findPosition(workflow, before).current.id).toBe(delta.step.from);
          expect(delta.stateChanged).toBe(
            Object.keys(delta.collected).length > 0 ||
              delta.step.from !== delta.step.to ||
              before.status !== next.status,
          );
          before = deepFreeze(next);
        }
      }),
      { numRuns: 500 },
    );
  });
});
