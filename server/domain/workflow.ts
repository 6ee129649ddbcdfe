import { z } from 'zod';
import type { OpenField } from '../../contract/workflow-state.ts';
import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type {
  StepDefinition,
  StoredFields,
  WorkflowDefinition,
} from '../../workflows/definition/define-workflow.ts';
import type { ChoicesDefinition } from '../../workflows/definition/choices.ts';
import { groupSchemaOf, mostGroupItems } from '../../workflows/definition/group-schema.ts';
import { overlongTexts } from '../../workflows/definition/text-bounds.ts';
import type { Overlong } from '../../workflows/definition/text-bounds.ts';
import type { CardRules } from './card-rules.ts';
import { prepareChecks, prepareCondition } from './conditions.ts';
import type { Check, Condition } from './conditions.ts';
import { controlOf, titleOfField } from './field-control.ts';
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
  /** The items of a repeating group; null for a field with one value. */
  readonly group: Group | null;
  /** The lookup of its choices; null for a field whose choices are listed, or which has none. */
  readonly lookup: ChoicesDefinition | null;
  /** The control for its value, while it has none. */
  readonly control: OpenField;
  /** Null for a field that applies whenever its step does. Another is neither asked nor required while it does not. */
  readonly applies: Condition | null;
  /** Returns the value as the schema leaves it, or its issues. */
  check(value: unknown): FieldCheck;
}

/** A repeating group: a field that is a list of items, each with the same fields. */
export interface Group {
  /** One item, for people: "Line". */
  readonly itemTitle: string;
  /** The fields of an item, by name. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly minItems: number;
  readonly maxItems: number;
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
  /** True if choices of any field are looked up. */
  readonly hasLookups: boolean;
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
    hasLookups: steps.some((step) => step.fields.some(({ lookup }) => lookup !== null)),
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

type FieldsDefinition = Pick<StepDefinition, 'id' | 'fieldWhen' | 'choices'> & {
  readonly collects?: z.ZodObject | undefined;
};

function prepareFields(workflowId: string, step: FieldsDefinition): Field[] {
  const { id, collects, fieldWhen = {}, choices = {} } = step;
  return Object.entries<z.core.$ZodType>(collects?.shape ?? {}).map(([name, schema]) => {
    const when = ownProperty(fieldWhen, name);
    return fieldOf({
      name,
      stepId: id,
      required: !z.safeParse(schema, undefined).success,
      jsonSchema:
        groupSchemaOf(schema) === null ? jsonSchemaOf(schema) : withExactItems(jsonSchemaOf(schema)),
      group: groupOf(name, { workflowId, stepId: id, schema }),
      lookup: ownProperty(choices, name) ?? null,
      applies:
        when === undefined ? null : prepareCondition(when, `field "${name}" of workflow "${workflowId}"`),
      check: (value) => checkValue(schema, value),
    });
  });
}

/** A definition in JSON allows items further members, but a group ignores them: its items have no others. */
function withExactItems(schema: JsonSchema): JsonSchema {
  const { additionalProperties: _, ...items } = z.looseObject({}).parse(schema['items']);
  return { ...schema, items };
}

function groupOf(
  name: string,
  { workflowId, stepId, schema }: { workflowId: string; stepId: string; schema: z.core.$ZodType },
): Group | null {
  const group = groupSchemaOf(schema);
  if (group === null) return null;
  const { item, minItems, maxItems } = group;
  const fields = prepareFields(workflowId, { id: stepId, collects: item });
  const { title } = jsonSchemaOf(item);
  return {
    itemTitle: typeof title === 'string' ? title : singularOf(titleOfField(name, jsonSchemaOf(schema))),
    fields: new Map(fields.map((field) => [field.name, field])),
    minItems,
    maxItems: maxItems ?? mostGroupItems,
  };
}

/** "Line" for "Lines"; "Item" for a label that names no single thing. */
function singularOf(label: string): string {
  if (/[^aeiou]ies$/i.test(label)) return label.replace(/ies$/i, 'y');
  return /[^s]s$/i.test(label) ? label.slice(0, -1) : 'Item';
}

/** A field with all that follows from its schema. */
export function fieldOf(
  field: Omit<Field, 'shownSchema' | 'control' | 'applies'> & Partial<Pick<Field, 'applies'>>,
): Field {
  const { name, jsonSchema, group, lookup } = field;
  const control = controlOf({ ...field, accepts: (value) => field.check(value).ok });
  const note =
    group === null ? (lookup === null ? '' : ', by the value or the title of a choice') : howToChangeItems;
  const whole: OpenField = {
    ...control,
    ...(group === null ? {} : controlOfGroup(group)),
    ...(lookup === null ? {} : { type: 'choice', isLookedUp: true }),
  };
  return {
    applies: null,
    ...field,
    shownSchema: `${name}: ${shownSchemaOf(jsonSchema)}${note}`,
    control: whole,
  };
}

const howToChangeItems =
  ', whole, or its changes: [{"op": "add" | "set" | "remove", "id": "of set and remove", "values": {…}}]';

function controlOfGroup({ itemTitle, fields, maxItems }: Group): Partial<OpenField> {
  return {
    type: 'group',
    max: maxItems,
    itemTitle,
    items: [...fields.values()].map(({ control }) => control),
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
