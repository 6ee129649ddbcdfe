import { z } from 'zod';
import type { OpenField } from '../../contract/workflow-state.ts';
import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type {
  StepDefinition,
  StoredFields,
  WorkflowDefinition,
} from '../../workflows/definition/define-workflow.ts';
import { overlongTexts } from '../../workflows/definition/text-bounds.ts';
import type { Overlong } from '../../workflows/definition/text-bounds.ts';
import type { CardRules } from './card-rules.ts';
import { prepareChecks, prepareCondition } from './conditions.ts';
import type { Check, Condition } from './conditions.ts';
import { controlOf } from './field-control.ts';
import { jsonSchemaOf, shownSchemaOf } from './field-schema.ts';
import type { JsonSchema } from './field-schema.ts';
import { ownProperty } from './json.ts';

export interface Field {
  readonly name: string;
  readonly stepId: string;
  readonly required: boolean;
  readonly jsonSchema: JsonSchema;
  /** The field's name and schema, as the query shows them. */
  readonly shownSchema: string;
  /** The control for its value, while it has none. */
  readonly control: OpenField;
  /** The same in an object of its own: superjson marks one that a result holds twice, which the wire is slower with. */
  readonly suggestion: OpenField;
  /** Null for a field that applies whenever its step does. Another is neither asked nor required while it does not. */
  readonly applies: Condition | null;
  /** Returns the value as the schema leaves it, or its issues. */
  check(value: unknown): FieldCheck;
}

type FieldCheck =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly issues: readonly string[] };

export interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string | undefined;
  /** Of a position's step, those that apply. */
  readonly fields: readonly Field[];
  /** False for a step without fields, which the agent completes. */
  readonly collects: boolean;
  readonly isApplicable: Condition;
}

/** A checked definition, with all that a turn needs of it worked out once. */
export interface Workflow {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description: string | undefined;
  readonly whatHappensNext: string | undefined;
  readonly preamble: string | undefined;
  readonly steps: readonly Step[];
  /**
   * By name, of all steps. A map, so that a name from outside is never looked up in an object (docs/architecture.md,
   * Trust).
   */
  readonly fields: ReadonlyMap<string, Field>;
  /** The facts that a conversation may be opened with, by name. */
  readonly context: ReadonlyMap<string, Field>;
  /** The checks of its steps and its own, which compare fields with one another. */
  readonly checks: readonly Check[];
  readonly cards: CardRules;
  /** The most that a conversation may take; null: any number. */
  readonly budget: { readonly turns: number | null; readonly tokens: number | null };
  readonly migrate: ((stored: StoredFields) => CollectedFields) | undefined;
}

/** The workflows that a server runs, by id. */
export type Workflows = ReadonlyMap<string, Workflow>;

/** Prepares definitions that `checkDefinition` found no fault with. */
export function prepareWorkflows(definitions: readonly WorkflowDefinition[]): Workflows {
  return new Map(definitions.map((definition) => [definition.id, prepareWorkflow(definition)]));
}

export function prepareWorkflow(definition: WorkflowDefinition): Workflow {
  const steps = definition.steps.map((step): Step => ({
    id: step.id,
    title: step.title,
    description: step.description,
    fields: prepareFields(definition.id, step),
    collects: step.collects !== undefined,
    isApplicable: prepareCondition(step.when, `step "${step.id}" of workflow "${definition.id}"`),
  }));
  return {
    id: definition.id,
    version: definition.version,
    title: definition.title,
    description: definition.description,
    whatHappensNext: definition.whatHappensNext,
    preamble: definition.preamble,
    steps,
    fields: new Map(steps.flatMap((step) => step.fields.map((field) => [field.name, field] as const))),
    context: new Map(
      prepareFields(definition.id, { id: '', collects: definition.context }).map((field) => [
        field.name,
        field,
      ]),
    ),
    checks: prepareChecks(definition),
    cards: {
      allowedActions: definition.cards?.allowedActions ?? null,
      allowedHosts: definition.cards?.allowedHosts ?? [],
    },
    budget: { turns: definition.budget?.turns ?? null, tokens: definition.budget?.tokens ?? null },
    migrate: definition.migrate,
  };
}

type FieldsDefinition = Pick<StepDefinition, 'id' | 'fieldWhen'> & {
  readonly collects?: z.ZodObject | undefined;
};

function prepareFields(workflowId: string, { id, collects, fieldWhen = {} }: FieldsDefinition): Field[] {
  return Object.entries<z.core.$ZodType>(collects?.shape ?? {}).map(([name, schema]) => {
    const when = ownProperty(fieldWhen, name);
    return fieldOf({
      name,
      stepId: id,
      required: !z.safeParse(schema, undefined).success,
      jsonSchema: jsonSchemaOf(schema),
      applies:
        when === undefined ? null : prepareCondition(when, `field "${name}" of workflow "${workflowId}"`),
      check: (value) => checkValue(schema, value),
    });
  });
}

/** A field with all that follows from its schema. */
export function fieldOf(
  field: Omit<Field, 'shownSchema' | 'control' | 'suggestion' | 'applies'> & Partial<Pick<Field, 'applies'>>,
): Field {
  const { name, jsonSchema } = field;
  const control = controlOf({ ...field, accepts: (value) => field.check(value).ok });
  return {
    applies: null,
    ...field,
    shownSchema: `${name}: ${shownSchemaOf(jsonSchema)}`,
    control,
    suggestion: structuredClone(control),
  };
}

const json = z.json();

function checkValue(schema: z.core.$ZodType, value: unknown): FieldCheck {
  const overlong = overlongTexts(schema, value);
  if (overlong.length > 0) return { ok: false, issues: overlong.flatMap(describeOverlong) };
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) return { ok: false, issues: parsed.error.issues.map(describeIssue) };
  const asJson = json.safeParse(parsed.data);
  return asJson.success ? { ok: true, value: asJson.data } : { ok: false, issues: ['is not a JSON value'] };
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return at(path, message);
}

function describeOverlong({ path, issues }: Overlong): string[] {
  return issues.map((message) => at(path, message));
}

function at(path: readonly PropertyKey[], message: string): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}
