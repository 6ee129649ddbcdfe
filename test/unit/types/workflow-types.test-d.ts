import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineWorkflow } from '../../../workflows/definition/define-workflow.ts';
import type { WorkflowDefinition } from '../../../workflows/definition/define-workflow.ts';
import type { CollectedFields, Json } from '../../../workflows/definition/json.ts';
import type {
  ChangedFieldsOf,
  FieldsOf,
  JsonWorkflowId,
  JsonWorkflowTypes,
  StepIdOf,
} from '../../../workflows/definition/types.ts';

export const onboarding = defineWorkflow({
  id: 'vendor-onboarding',
  version: 1,
  title: 'Vendor onboarding',
  steps: [
    {
      id: 'company',
      title: 'Company',
      collects: z.object({ companyName: z.string(), employees: z.int(), website: z.url().optional() }),
    },
    {
      id: 'risk',
      title: 'Risk',
      when: ({ employees }) => employees !== undefined && employees > 50,
      collects: z.object({ level: z.enum(['low', 'high']), audited: z.boolean() }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});
type Onboarding = typeof onboarding;

export const silent = defineWorkflow({
  id: 'silent',
  version: 1,
  title: 'Silent',
  steps: [{ id: 'only', title: 'Only' }],
});
type Silent = typeof silent;
type FieldNameOf<Definition extends WorkflowDefinition> = keyof FieldsOf<Definition>;
type ChangedFieldNameOf<Definition extends WorkflowDefinition> = keyof ChangedFieldsOf<Definition>;

describe('a definition written in TypeScript', () => {
  it('keeps its id literal', () => {
    expectTypeOf<Onboarding['id']>().toEqualTypeOf<'vendor-onboarding'>();
  });

  it('gives its step ids as a union, in which a wrong one does not compile', () => {
    expectTypeOf<StepIdOf<Onboarding>>().toEqualTypeOf<'company' | 'risk' | 'confirm'>();
    // @ts-expect-error it has no step of this id
    const wrong: StepIdOf<Onboarding> = 'comfirm';
    expectTypeOf(wrong).toBeString();
  });

  it('gives the fields of all its steps with their types, any of which may be missing', () => {
    expectTypeOf<FieldsOf<Onboarding>>().branded.toEqualTypeOf<{
      companyName?: string;
      employees?: number;
      website?: string | undefined;
      level?: 'low' | 'high';
      audited?: boolean;
    }>();
    expectTypeOf<FieldsOf<Onboarding>['level']>().toEqualTypeOf<'low' | 'high' | undefined>();
    // @ts-expect-error a field has the type of its schema
    const wrong: FieldsOf<Onboarding> = { employees: 'many' };
    // @ts-expect-error there is no field of this name
    const unknown: FieldsOf<Onboarding> = { shoeSize: 44 };
    expectTypeOf([wrong, unknown]).toBeArray();
  });

  it('gives what a turn changed as new values, or null for a cleared field', () => {
    expectTypeOf<ChangedFieldsOf<Onboarding>['employees']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<ChangedFieldsOf<Onboarding>['website']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<keyof ChangedFieldsOf<Onboarding>>().toEqualTypeOf<
      'companyName' | 'employees' | 'website' | 'level' | 'audited'
    >();
    // @ts-expect-error a change of a field is absent, not undefined
    const wrong: ChangedFieldsOf<Onboarding> = { website: undefined };
    expectTypeOf(wrong).toBeObject();
  });

  it('that collects nothing has no fields', () => {
    expectTypeOf<StepIdOf<Silent>>().toEqualTypeOf<'only'>();
    expectTypeOf<FieldNameOf<Silent>>().toEqualTypeOf<never>();
    expectTypeOf<ChangedFieldNameOf<Silent>>().toEqualTypeOf<never>();
  });

  it('does not compile without a version, or with fields that are no zod object', () => {
    // @ts-expect-error it lacks its version
    defineWorkflow({ id: 'a', title: 'A', steps: [] });
    const steps = [{ id: 'b', title: 'B', collects: z.string() }];
    // @ts-expect-error a step's fields are a zod object
    defineWorkflow({ id: 'a', version: 1, title: 'A', steps });
  });
});

describe('a condition', () => {
  const head = { id: 'a', version: 1, title: 'A' } as const;
  const kind = z.enum(['x', 'y']);

  it('is given the fields of all steps before its own, each of which may be missing', () => {
    const steps = defineWorkflow({
      ...head,
      steps: [
        { id: 'a', title: 'A', collects: z.object({ kind, days: z.int().optional() }) },
        { id: 'b', title: 'B', collects: z.object({ place: z.object({ city: z.string() }) }) },
        {
          id: 'c',
          title: 'C',
          when: (collected) => {
            expectTypeOf(collected.kind).toEqualTypeOf<'x' | 'y' | undefined>();
            expectTypeOf(collected.days).toEqualTypeOf<number | undefined>();
            expectTypeOf(collected.place).toEqualTypeOf<{ city: string } | undefined>();
            return collected.place?.city === 'Bern';
          },
        },
      ],
    });
    expectTypeOf(steps).toExtend<WorkflowDefinition>();
  });

  it('does not compile with a field that no step before it collects', () => {
    defineWorkflow({
      ...head,
      steps: [
        { id: 'a', title: 'A', collects: z.object({ kind }) },
        // @ts-expect-error the field is called kind
        { id: 'b', title: 'B', when: ({ kindd }) => kindd === 'x' },
        // @ts-expect-error it is collected later
        { id: 'c', title: 'C', when: ({ later }) => later === true },
        // @ts-expect-error it is collected by this very step
        { id: 'd', title: 'D', when: ({ own }) => own === true, collects: z.object({ own: z.boolean() }) },
        { id: 'e', title: 'E', collects: z.object({ later: z.boolean() }) },
      ],
    });
  });

  it('does not compile with a value that the field cannot have, or where it returns no boolean', () => {
    defineWorkflow({
      ...head,
      steps: [
        { id: 'a', title: 'A', collects: z.object({ kind, days: z.int() }) },
        // @ts-expect-error there is no such choice
        { id: 'b', title: 'B', when: ({ kind }) => kind === 'z' },
        // @ts-expect-error a number may be missing
        { id: 'c', title: 'C', when: ({ days }) => days > 5 },
        // @ts-expect-error neither true nor false
        { id: 'd', title: 'D', when: ({ kind }) => kind },
      ],
    });
  });

  it('does not change what a definition that is typed by hand may say', () => {
    const byHand: WorkflowDefinition = {
      ...head,
      steps: [{ id: 'a', title: 'A', when: ({ kind }) => kind === 'x' }],
    };
    expectTypeOf(byHand).toExtend<WorkflowDefinition>();
  });
});

describe('a check', () => {
  const head = { id: 'a', version: 1, title: 'A' } as const;
  const dates = z.object({ from: z.iso.date(), until: z.iso.date(), kind: z.enum(['x', 'y']) });

  it('is given the fields of its step and of those before it, and the workflow’s those of all', () => {
    defineWorkflow({
      ...head,
      check: ({ fields, context }) => {
        expectTypeOf(fields.kind).toEqualTypeOf<'x' | 'y' | undefined>();
        expectTypeOf(fields.days).toEqualTypeOf<number | undefined>();
        expectTypeOf(context).toEqualTypeOf<CollectedFields>();
        return fields.days === 0 ? { days: 'must be some' } : {};
      },
      steps: [
        {
          id: 'a',
          title: 'A',
          collects: dates,
          check: ({ fields: { from, until } }) =>
            from !== undefined && until !== undefined && until < from
              ? { until: ['is before the first day'] }
              : {},
        },
        { id: 'b', title: 'B', collects: z.object({ days: z.int() }) },
      ],
    });
  });

  it('does not compile with a field that is collected later, or is not there', () => {
    defineWorkflow({
      ...head,
      // @ts-expect-error there is no such field
      check: ({ fields }) => ({ ...(fields.dayz === 0 ? {} : {}) }),
      steps: [
        // @ts-expect-error it is collected later
        { id: 'a', title: 'A', collects: dates, check: ({ fields }) => (fields.days === 1 ? {} : {}) },
        // @ts-expect-error there is no field of this name
        { id: 'b', title: 'B', collects: z.object({ days: z.int() }), check: () => ({ untill: 'is wrong' }) },
      ],
    });
  });
});

describe('the condition of a field', () => {
  const head = { id: 'a', version: 1, title: 'A' } as const;

  it('is given the fields of its step and of those before it', () => {
    const defined = defineWorkflow({
      ...head,
      steps: [
        { id: 'a', title: 'A', collects: z.object({ kind: z.enum(['x', 'y']) }) },
        {
          id: 'b',
          title: 'B',
          collects: z.object({ days: z.int(), note: z.string() }),
          fieldWhen: {
            note: (collected) => {
              expectTypeOf(collected.kind).toEqualTypeOf<'x' | 'y' | undefined>();
              expectTypeOf(collected.days).toEqualTypeOf<number | undefined>();
              return collected.days !== undefined;
            },
          },
        },
      ],
    });
    expectTypeOf(defined).toExtend<WorkflowDefinition>();
  });

  it('does not compile for a field of another step, or with a value that there is not', () => {
    defineWorkflow({
      ...head,
      steps: [
        { id: 'a', title: 'A', collects: z.object({ kind: z.enum(['x', 'y']) }) },
        {
          id: 'b',
          title: 'B',
          collects: z.object({ note: z.string() }),
          // @ts-expect-error there is no such choice
          fieldWhen: { note: ({ kind }) => kind === 'z' },
        },
        {
          id: 'c',
          title: 'C',
          collects: z.object({ more: z.string() }),
          // @ts-expect-error the field belongs to another step
          fieldWhen: { kind: () => true },
        },
      ],
    });
  });
});

describe('a step', () => {
  const head = { id: 'a', version: 1, title: 'A' } as const;

  it('does not compile with the id of another', () => {
    defineWorkflow({
      ...head,
      steps: [
        { id: 'a', title: 'A' },
        { id: 'b', title: 'B', collects: z.object({ note: z.string() }) },
        // @ts-expect-error another step has the id "a"
        { id: 'a', title: 'Again' },
      ],
    });
  });

  it('does not compile with a part that there is not', () => {
    defineWorkflow({
      ...head,
      // @ts-expect-error it is called collects
      steps: [{ id: 'a', title: 'A', colects: z.object({ note: z.string() }) }],
    });
  });
});

describe('the id of a workflow written in JSON', () => {
  interface KnownResult {
    workflowId: 'vendor-onboarding';
    currentStep: StepIdOf<Onboarding>;
    collected: FieldsOf<Onboarding>;
  }
  interface JsonResult {
    workflowId: JsonWorkflowTypes['workflowId'];
    currentStep: JsonWorkflowTypes['stepId'];
    collected: JsonWorkflowTypes['fields'];
  }
  const result = {} as KnownResult | JsonResult;

  it('is ruled out by a comparison with the id of a known workflow', () => {
    if (result.workflowId === 'vendor-onboarding') {
      expectTypeOf(result).toEqualTypeOf<KnownResult>();
      expectTypeOf(result.currentStep).toEqualTypeOf<'company' | 'risk' | 'confirm'>();
      expectTypeOf(result.collected.employees).toEqualTypeOf<number | undefined>();
      // @ts-expect-error a step of another workflow, or of none
      const isWrong = result.currentStep === 'elsewhere';
      expectTypeOf(isWrong).toBeBoolean();
    } else {
      expectTypeOf(result).toEqualTypeOf<JsonResult>();
      expectTypeOf(result.currentStep).toEqualTypeOf<string>();
      expectTypeOf(result.collected).toEqualTypeOf<Partial<Record<string, Json>>>();
    }
  });

  it('is a string to whoever only passes it on', () => {
    expectTypeOf<JsonWorkflowId>().toExtend<string>();
    expectTypeOf<string>().not.toExtend<JsonWorkflowId>();
  });
});
