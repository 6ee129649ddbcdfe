/**
 * The TypeScript type of a JSON Schema, as text: of the subset that definitions in JSON may use, and of all that zod makes
 * of a schema whose values are JSON. Text from outside gets into the module as literals and comments only.
 */
import { z } from 'zod';

const schemaShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.json()).optional(),
  const: z.json().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  not: z.unknown().optional(),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
});

type Schema = z.output<typeof schemaShape>;

/**
 * @param indent the indentation of the line that the type begins in
 * @returns `unknown` for a schema that says nothing of the type
 */
export function typeOfSchema(schema: unknown, indent: string): string {
  const parsed = schemaShape.safeParse(schema);
  if (!parsed.success) return 'unknown';
  const found = parsed.data;
  if (found.const !== undefined) return literal(found.const);
  if (found.enum !== undefined) return union(found.enum.map(literal));
  const alternatives = found.anyOf ?? found.oneOf;
  if (alternatives !== undefined) return union(alternatives.map((one) => typeOfSchema(one, indent)));
  if (found.allOf !== undefined)
    return found.allOf.map((one) => `(${typeOfSchema(one, indent)})`).join(' & ') || 'unknown';
  if (found.not !== undefined) return 'never';
  const { type } = found;
  if (type === undefined) return 'unknown';
  return union((typeof type === 'string' ? [type] : type).map((one) => typeNamed(one, found, indent)));
}

function typeNamed(type: string, schema: Schema, indent: string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
    case 'number':
      return type;
    case 'integer':
      return 'number';
    case 'array':
      return arrayType(schema, indent);
    case 'object':
      return objectType(schema, indent);
    default:
      return 'unknown';
  }
}

function arrayType({ items, prefixItems }: Schema, indent: string): string {
  const others = items === undefined || items === false ? null : arrayOf(typeOfSchema(items, indent));
  if (prefixItems === undefined) return others ?? 'unknown[]';
  const first = prefixItems.map((item) => typeOfSchema(item, indent));
  return `[${[...first, ...(others === null ? [] : [`...${others}`])].join(', ')}]`;
}

function objectType(schema: Schema, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const members = Object.entries(properties).map(([name, property]) =>
    member({ name, schema: property, isRequired: required.includes(name) }, `${indent}  `),
  );
  const named = members.length === 0 ? null : `{\n${members.join('\n')}\n${indent}}`;
  const others =
    typeof additionalProperties === 'object'
      ? `Record<string, ${typeOfSchema(additionalProperties, indent)}>`
      : null;
  if (named !== null && others !== null) return `${named} & ${others}`;
  return (
    named ?? others ?? (additionalProperties === false ? 'Record<string, never>' : 'Record<string, unknown>')
  );
}

interface Member {
  readonly name: string;
  readonly schema: unknown;
  readonly isRequired: boolean;
}

/** One member of an object type, below its comment. A member with a default is always there in a stored value. */
function member({ name, schema, isRequired }: Member, indent: string): string {
  const found = schemaShape.safeParse(schema).data;
  const isThere = isRequired || (found !== undefined && Object.hasOwn(found, 'default'));
  const line = `${indent}${propertyName(name)}${isThere ? '' : '?'}: ${typeOfSchema(schema, indent)};`;
  const words = [
    found?.description ?? found?.title ?? '',
    found?.format === undefined ? '' : `@format ${found.format}`,
  ];
  return `${comment(words, indent)}${line}`;
}

/** A comment of these lines before a declaration, or nothing if all are empty. Nothing in it can end it. */
export function comment(words: readonly string[], indent: string): string {
  const lines = words
    .flatMap((text) => text.split(/[\r\n\u2028\u2029]+/))
    .map((line) => line.trim().replaceAll('*/', '*\\/'))
    .filter((line) => line !== '');
  const [only = '', ...others] = lines;
  if (lines.length === 0) return '';
  if (others.length === 0) return `${indent}/** ${only} */\n`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */\n`].join('\n');
}

export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** A value as a literal type; of an array or an object, its JSON is one. */
export function literal(value: unknown): string {
  const json = JSON.stringify(value);
  if (typeof value !== 'string') return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function union(types: readonly string[]): string {
  const different = [...new Set(types)];
  return different.length === 0 ? 'never' : different.join(' | ');
}

function arrayOf(type: string): string {
  return /^\w+$/.test(type) ? `${type}[]` : `Array<${type}>`;
}
