import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineWorkflow } from '../../workflows/definition/define-workflow.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { Json } from '../../workflows/definition/json.ts';
import type {
  ChangedFieldsOf,
  FieldsOf,
  JsonWorkflowId,
  JsonWorkflowTypes,
  StepIdOf,
} from '../../workflows/definition/types.ts';

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
      when: ({ employees }) => typeof employees === 'number' && employees > 50,
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
