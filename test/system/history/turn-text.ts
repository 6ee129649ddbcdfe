import { z } from 'zod';
import { ledgerFields } from './ledger-workflow.ts';

/** The agent's mood for a turn, if the text names one; otherwise the agent's own chance decides. */
const directiveSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer') }),
  /** Answers once its server is told to. */
  z.object({ kind: z.literal('answer when told') }),
  z.object({ kind: z.literal('fail') }),
]);
export type Directive = z.infer<typeof directiveSchema>;

const wordsSchema = z.object({
  turnId: z.string(),
  /** The secret of the words' identity, which shows in whatever place they appear. */
  secret: z.string(),
  field: z.enum(ledgerFields),
  /** `null` clears the field. */
  value: z.string().nullable(),
  /** Distinguishes two inputs sent under one turn id. */
  variant: z.number(),
  directive: directiveSchema.nullable(),
});

/** The order in a client's message. The agent obeys it, so the effect of every turn is known in advance. */
export type Words = z.infer<typeof wordsSchema>;

const prefix = 'please record: ';

export function writeWords(words: Words): string {
  return `${prefix}${JSON.stringify(words)}`;
}

export function readWords(text: string): Words {
  return wordsSchema.parse(JSON.parse(text.slice(prefix.length)));
}
