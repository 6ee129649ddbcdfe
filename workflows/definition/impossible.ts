import { z } from 'zod';
import type { DefinitionFault } from './definition-fault.ts';
import { isRegularExpression, patternStepsWithin } from './pattern-steps.ts';

const number = z.number().optional().catch(undefined);
const anySchema = z.looseObject({}).catch({});

/** The keywords that bound a value. A keyword of the wrong type is ignored here: other checks report it. */
const bounds = z.object({
  type: z.string().optional().catch(undefined),
  enum: z.array(z.unknown()).optional().catch(undefined),
  const: z.unknown().optional(),
  not: z.unknown().optional(),
  format: z.string().optional().catch(undefined),
  pattern: z.string().optional().catch(undefined),
  minLength: number,
  maxLength: number,
  minItems: number,
  maxItems: number,
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: number,
});

type Bounds = z.output<typeof bounds>;

/**
 * Finds the parts of a JSON Schema that no value can fit: nobody could fill in such a field. Paths are those of the
 * schema: `items`, `properties.city`.
 */
export function impossibleParts(schema: unknown, path: readonly string[] = []): DefinitionFault[] {
  const found = anySchema.parse(schema);
  const reason = contradiction(bounds.parse(found));
  const own = reason === null ? [] : [{ path: path.join('.'), message: `no value can fit: ${reason}` }];
  return [...own, ...partsWithin(found).flatMap(([part, at]) => impossibleParts(part, [...path, ...at]))];
}

/** The schemas directly within a schema, each with its path. */
function partsWithin(schema: Readonly<Record<string, unknown>>): [part: unknown, at: string[]][] {
  const single = ['items', 'additionalProperties'].flatMap((key): [unknown, string[]][] =>
    schema[key] === undefined ? [] : [[schema[key], [key]]],
  );
  const lists = ['prefixItems', 'anyOf', 'oneOf', 'allOf'].flatMap((key) => {
    const list = z.array(z.unknown()).catch([]).parse(schema[key]);
    return list.map((part, index): [unknown, string[]] => [part, [key, String(index)]]);
  });
  const properties = Object.entries(anySchema.parse(schema['properties'])).map(
    ([name, part]): [unknown, string[]] => [part, ['properties', name]],
  );
  return [...single, ...lists, ...properties];
}

function contradiction(schema: Bounds): string | null {
  if (schema.not !== undefined && Object.keys(anySchema.parse(schema.not)).length === 0)
    return 'it allows none';
  return (
    crossed('minLength', schema.minLength, 'maxLength', schema.maxLength) ??
    crossed('minItems', schema.minItems, 'maxItems', schema.maxItems) ??
    numberContradiction(schema) ??
    formatContradiction(schema) ??
    choiceContradiction(schema)
  );
}

function crossed(
  lowerName: string,
  lower: number | undefined,
  upperName: string,
  upper: number | undefined,
): string | null {
  if (lower === undefined || upper === undefined || lower <= upper) return null;
  return `its ${lowerName} (${lower}) is greater than its ${upperName} (${upper})`;
}

function numberContradiction(schema: Bounds): string | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type } = schema;
  const plain = crossed('minimum', minimum, 'maximum', maximum);
  if (plain !== null) return plain;
  const lower = Math.max(minimum ?? -Infinity, exclusiveMinimum ?? -Infinity);
  const upper = Math.min(maximum ?? Infinity, exclusiveMaximum ?? Infinity);
  const isOpenBelow = exclusiveMinimum === lower;
  const isOpenAbove = exclusiveMaximum === upper;
  const named = [
    ['minimum', minimum],
    ['exclusiveMinimum', exclusiveMinimum],
    ['maximum', maximum],
    ['exclusiveMaximum', exclusiveMaximum],
    ['multipleOf', multipleOf],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${String(name)} (${String(value)})`]));
  if (lower > upper || (lower === upper && (isOpenBelow || isOpenAbove))) {
    return `its ${named.slice(0, 2).join(' and its ')} leave no number between them`;
  }
  const step = multipleOf ?? (type === 'integer' ? 1 : null);
  if (step === null || !(step > 0) || !Number.isFinite(lower) || !Number.isFinite(upper)) return null;
  // The search stops after 1,000 multiples and takes the bounds for possible: closer bounds are rare.
  const isWhole = type === 'integer';
  let multiple = Math.ceil(lower / step - 1e-9);
  for (let tried = 0; tried < 1_000 && multiple * step <= upper + 1e-9 * step; tried += 1, multiple += 1) {
    const value = multiple * step;
    const isInside = (value > lower || !isOpenBelow) && (value < upper || !isOpenAbove);
    if (isInside && (!isWhole || Math.abs(value - Math.round(value)) < 1e-9)) return null;
    if (tried === 999) return null;
  }
  return `there is no ${isWhole ? 'whole number' : 'multiple'} within its ${named.join(' and its ')}`;
}

/** Number of characters of a value, by format. */
const formatChars: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['date', [10, 10]],
  ['uuid', [36, 36]],
  ['ipv4', [7, 15]],
  ['ipv6', [2, 45]],
  ['time', [6, Infinity]],
  ['date-time', [17, Infinity]],
  ['duration', [3, Infinity]],
  ['email', [6, Infinity]],
  ['uri', [3, Infinity]],
]);

function formatContradiction({ format, minLength, maxLength }: Bounds): string | null {
  const [least, most] = formatChars.get(format ?? '') ?? [0, Infinity];
  if (maxLength !== undefined && maxLength < least)
    return `its maxLength (${maxLength}) is less than the format "${String(format)}" needs (${least})`;
  if (minLength !== undefined && minLength > most)
    return `its minLength (${minLength}) is more than the format "${String(format)}" has (${most})`;
  return null;
}

function choiceContradiction(schema: Bounds): string | null {
  const choices = schema.const === undefined ? schema.enum : [schema.const];
  if (choices === undefined) return null;
  if (choices.length === 0) return 'its enum is empty';
  if (schema.const !== undefined && schema.enum?.includes(schema.const) === false)
    return 'its const is not in its enum';
  if (choices.some((choice) => fits(choice, schema))) return null;
  const which = schema.const === undefined ? 'none of its enum fits' : 'its const does not fit';
  return `${which} its other bounds`;
}

function fits(choice: unknown, schema: Bounds): boolean {
  const { minLength = 0, maxLength = Infinity, pattern, multipleOf } = schema;
  if (typeof choice === 'string') {
    const length = Array.from(choice).length;
    const isJudged =
      pattern !== undefined &&
      isRegularExpression(pattern, '') &&
      patternStepsWithin(choice.length, pattern) !== null;
    return length >= minLength && length <= maxLength && (!isJudged || new RegExp(pattern).test(choice));
  }
  if (typeof choice !== 'number') return true;
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  return (
    choice >= minimum &&
    choice <= maximum &&
    choice > exclusiveMinimum &&
    choice < exclusiveMaximum &&
    (multipleOf === undefined || Math.abs(choice / multipleOf - Math.round(choice / multipleOf)) < 1e-9)
  );
}
