import { z } from 'zod';

/** The fields of a chat completion request that tests read. */
const bodySchema = z.looseObject({
  model: z.string(),
  stream: z.literal(true),
  messages: z.array(z.looseObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })),
  response_format: z
    .strictObject({
      type: z.literal('json_schema'),
      json_schema: z.strictObject({
        name: z.string().regex(/^[\w-]{1,64}$/),
        strict: z.boolean(),
        schema: z.record(z.string(), z.unknown()),
      }),
    })
    .optional(),
});

export type ChatRequestBody = z.infer<typeof bodySchema>;

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ChatRequestBody;
  /** The text of the last message. */
  readonly query: string;
}

/**
 * Reads a request body.
 * @throws if no endpoint would accept it
 */
export function readBody(text: string): ChatRequestBody {
  return bodySchema.parse(JSON.parse(text));
}
