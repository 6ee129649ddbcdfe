import superjson from 'superjson';
import { z } from 'zod';

const bodySchema = z.union([
  z.object({ result: z.object({ data: z.looseObject({ json: z.unknown() }) }) }),
  z.object({ error: z.looseObject({ json: z.unknown() }) }),
]);

const errorSchema = z.object({
  message: z.string(),
  code: z.number(),
  data: z.looseObject({
    code: z.string(),
    httpStatus: z.number(),
    reason: z.string(),
    retryable: z.boolean(),
    retryAfterMs: z.number().optional(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    errorId: z.string().optional(),
  }),
});

type WireError = z.infer<typeof errorSchema>;

interface Answer {
  readonly status: number;
  /** The result of a successful call. */
  readonly data: unknown;
  readonly error: WireError | null;
}

/** Reads tRPC's response from the wire, without the client. */
export async function readAnswer(response: Response): Promise<Answer> {
  const body = bodySchema.parse(await response.json());
  if ('error' in body) {
    const error = errorSchema.parse(body.error.json);
    return { status: response.status, data: null, error };
  }
  return { status: response.status, data: superjson.deserialize(body.result.data as never), error: null };
}

/** Calls a mutation by its path, as any HTTP client can. */
export async function post(
  url: string,
  path: string,
  input: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return readAnswer(
    await fetch(`${url}/trpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ json: input }),
    }),
  );
}

/** Calls a query by its path. */
export async function query(
  url: string,
  path: string,
  input: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const encoded = encodeURIComponent(JSON.stringify({ json: input }));
  return readAnswer(await fetch(`${url}/trpc/${path}?input=${encoded}`, { headers }));
}
