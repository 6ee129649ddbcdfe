import type { Choice, DefinitionResult } from '@turnkeeper/client';
import { isObject, numberAt, textAt, textsAt, withoutNull } from './read-json.ts';
import type { JsonObject } from './read-json.ts';

export type PageFieldKind =
  | 'yes-no'
  | 'choice'
  | 'choices'
  | 'number'
  | 'date'
  | 'date-time'
  | 'time'
  | 'email'
  | 'web-address'
  | 'phone'
  | 'text'
  | 'long-text'
  | 'other';

/** The parts of a field's JSON Schema that the page needs to show the field and ask for it. */
export interface PageField {
  readonly name: string;
  readonly stepId: string;
  readonly label: string;
  readonly description: string | null;
  readonly kind: PageFieldKind;
  readonly isRequired: boolean;
  readonly choices: readonly Choice[];
  readonly isWhole: boolean;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly minLength: number | null;
  readonly maxLength: number | null;
}

type PageStep = DefinitionResult['steps'][number];

export function fieldsOf(step: PageStep): readonly PageField[] {
  const properties = step.fields?.['properties'];
  if (!isObject(properties)) return [];
  const required = textsAt(step.fields ?? {}, 'required');
  return Object.entries(properties).map(([name, schema]) =>
    fieldOf(name, isObject(schema) ? schema : {}, { stepId: step.id, isRequired: required.includes(name) }),
  );
}

export function findField(definition: DefinitionResult | null, name: string | undefined): PageField | null {
  const fields = definition?.steps.flatMap(fieldsOf) ?? [];
  return fields.find((field) => field.name === name) ?? null;
}

function fieldOf(
  name: string,
  whole: JsonObject,
  place: { readonly stepId: string; readonly isRequired: boolean },
): PageField {
  const schema = withoutNull(whole);
  const label = textAt(schema, 'title') ?? labelOf(name);
  const description = textAt(schema, 'description');
  return {
    ...place,
    name,
    label,
    description,
    kind: kindOf(schema, `${label} ${description ?? ''}`),
    choices: choicesOf(schema) ?? choicesOf(itemsOf(schema)) ?? [],
    isWhole: schema['type'] === 'integer',
    minimum: numberAt(schema, 'minimum'),
    maximum: numberAt(schema, 'maximum'),
    minLength: numberAt(schema, 'minLength'),
    maxLength: numberAt(schema, 'maxLength'),
  };
}

function kindOf(schema: JsonObject, said: string): PageFieldKind {
  if (choicesOf(schema) !== null) return 'choice';
  switch (schema['type']) {
    case 'boolean':
      return 'yes-no';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return choicesOf(itemsOf(schema)) === null ? 'other' : 'choices';
    case 'string':
      return textKind(schema, said);
    default:
      return 'other';
  }
}

function itemsOf(schema: JsonObject): JsonObject {
  const items = schema['items'];
  return isObject(items) ? items : {};
}

/** Returns the values that a schema lists, with their titles; null for a schema that lists none. */
function choicesOf(schema: JsonObject): readonly Choice[] | null {
  const titled = schema['oneOf'];
  const listed = Array.isArray(titled) ? titled.filter(isObject) : [];
  const choices = listed.flatMap((one) => {
    const value = textAt(one, 'const');
    return value === null ? [] : [{ value, title: textAt(one, 'title') ?? value }];
  });
  if (choices.length > 0) return choices;
  const values = textsAt(schema, 'enum');
  return values.length === 0 ? null : values.map((value) => ({ value, title: value }));
}

/** The schema's own word for its control. */
function namedKind(schema: JsonObject): PageFieldKind | null {
  switch (schema['input']) {
    case 'text':
    case 'phone':
    case 'time':
      return schema['input'];
    case 'longText':
      return 'long-text';
    default:
      return null;
  }
}

function textKind(schema: JsonObject, said: string): PageFieldKind {
  const named = namedKind(schema);
  if (named !== null) return named;
  switch (schema['format']) {
    case 'date':
    case 'date-time':
    case 'email':
      return schema['format'];
    case 'uri':
      return 'web-address';
    // zod's z.e164(), and the names that people give the format themselves.
    case 'e164':
    case 'phone':
    case 'tel':
      return 'phone';
    default:
      return /\b(phone|telephone|mobile|callback)\b/i.test(said) && !/\bname\b/i.test(said)
        ? 'phone'
        : 'text';
  }
}

/** The browser's name for data that it may fill in, as HTML defines them. */
export type Autofill = 'name' | 'email' | 'tel' | 'url' | 'street-address' | 'organization' | 'off';

/** Returns what a browser may fill into a field: by its kind, else by its name and label. */
export function autofillOf({ kind, name, label }: Pick<PageField, 'kind' | 'name' | 'label'>): Autofill {
  switch (kind) {
    case 'email':
      return 'email';
    case 'phone':
      return 'tel';
    case 'web-address':
      return 'url';
    case 'text': {
      const said = `${labelOf(name)} ${label}`;
      if (/\b(?:full|contact|your|first and last) name\b/i.test(said)) return 'name';
      if (/\b(?:company|legal|organi[sz]ation) name\b/i.test(said)) return 'organization';
      return /\baddress\b/i.test(said) ? 'street-address' : 'off';
    }
    case 'yes-no':
    case 'choice':
    case 'choices':
    case 'number':
    case 'date':
    case 'date-time':
    case 'time':
    case 'long-text':
    case 'other':
      return 'off';
  }
}

/** Splits a name into words: `taxID` becomes "Tax ID". */
export function labelOf(name: string): string {
  const label = name
    .split(/[_-]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .filter((word) => word !== '')
    .map((word) => (/[a-z]/.test(word) ? word.toLowerCase() : word))
    .join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}
