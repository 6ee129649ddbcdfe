import type { Json } from '../../../workflows/definition/json.ts';
import type { Activity } from '../../answer/activity.ts';
import type { Contract } from '../../answer/structure/agent-contract.ts';
import { withoutThoughts } from '../../answer/text/thought-filter.ts';
import { partsOf, visibleWords } from '../../answer/text/visible-text.ts';
import type { JsonSchema } from '../../domain/field-schema.ts';
import type { AnswerFormat, FormattedField } from './answer-format.ts';

/**
 * Converts a complete answer to a message. An answer by schema is read here because of the schema's conventions: null
 * means that the model says nothing about a field, and `clear` lists the fields to clear. Any other answer stays as
 * written, and the domain reads it.
 */
export function toMessage(content: string, format: AnswerFormat | null): Activity {
  const found = format === null ? null : contractWithWords(content);
  if (format === null || found === null) return message(content);
  return { ...message(found.said), value: toContract(found.contract, format) };
}

function message(text: string): Activity {
  return { type: 'message', text, textFormat: 'markdown' };
}

interface FoundContract {
  readonly contract: Contract;
  readonly said: string;
}

/**
 * Finds the contract in an answer. An endpoint that ignores the schema may write the contract into a block with words
 * around it. The message then is the contract's prompt, or the words if it has no prompt.
 */
function contractWithWords(content: string): FoundContract | null {
  const parts = partsOf(content);
  for (const isBlock of [true, false]) {
    for (const reading of parts
      .filter((part) => part.isBlock === isBlock)
      .flatMap(({ readings }) => readings)) {
      if (reading.kind !== 'contract') continue;
      const prompt = withoutThoughts(reading.contract.prompt ?? '');
      return { contract: reading.contract, said: prompt.trim() === '' ? visibleWords(parts).trim() : prompt };
    }
  }
  return null;
}

function toContract(contract: Contract, { fields }: AnswerFormat): Contract {
  const said = Object.entries(contract.data ?? {})
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, valueOf(value, fields.get(name))] as const);
  const { clear } = contract;
  const cleared = Array.isArray(clear)
    ? clear.filter((name): name is string => typeof name === 'string')
    : [];
  return {
    ...contract,
    // Object.fromEntries makes own properties, whatever the names. The contract holds no unsafe names any more.
    data: Object.fromEntries([...cleared.map((name) => [name, null] as const), ...said]),
  };
}

function valueOf(value: Json, formatted: FormattedField | undefined): Json {
  if (formatted === undefined) return value;
  const { field, isJsonText } = formatted;
  return isJsonText ? fromJsonText(value) : withoutFillers(value, field.jsonSchema);
}

function fromJsonText(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    // The step's schema checks the value (I10).
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** Removes the nulls that stand for optional properties without a value. */
function withoutFillers(value: Json, schema: JsonSchema): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = asSchema(schema['items']);
    return value.map((item) => withoutFillers(item, items));
  }
  const properties = asSchema(schema['properties']);
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== null || required.includes(name))
      .map(([name, inner]) => [name, withoutFillers(inner, asSchema(properties[name]))]),
  );
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
