/**
 * Runs one call of a query or a mutation, and writes its answer as tRPC's own adapter would: same procedure, same
 * context, same reports, same errors. It uses only what `@trpc/server` exports publicly. tRPC's `resolveResponse` does
 * the same for every kind of request, and needs a fetch `Request` for it.
 */
import {
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  transformTRPCResponse,
  TRPCError,
} from '@trpc/server';
import type { AnyTRPCRouter, TRPCCombinedDataTransformer, TRPCRootConfig } from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import type { ErrorShape } from '../../contract/errors.ts';
import { failureHeaders } from './failure.ts';
import type { RouterContext } from './procedure.ts';

export interface SingleCall {
  /** The path of a procedure that the router has, and its type. */
  readonly path: string;
  readonly type: 'query' | 'mutation';
  /** True if the call is a batch of one: its input and its result are wrapped then. */
  readonly isBatch: boolean;
  /** The input as JSON; null for none. */
  readonly text: string | null;
}

interface Surroundings {
  readonly createContext: () => Promise<RouterContext>;
  /** Called with every error before it is written. */
  readonly onError: (error: TRPCError) => void;
}

export interface CallAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
  /** The headers of a failure, names and values in turn. */
  readonly headers: readonly string[];
}

type Config = TRPCRootConfig<{ ctx: RouterContext; meta: object; errorShape: ErrorShape; transformer: true }>;
type Response = TRPCResponse<unknown, ErrorShape>;

/** Runs a call. It settles whatever the client does meanwhile, so a client that leaves does not stop a turn. */
export async function runSingleCall(
  router: AnyTRPCRouter,
  call: SingleCall,
  { createContext, onError }: Surroundings,
): Promise<CallAnswer> {
  const config = router._def._config as Config;
  const { path, type, isBatch } = call;
  const input = new CallInput(call, config.transformer);
  let ctx: RouterContext | undefined;
  let headers: readonly string[] = [];
  const failed = (cause: unknown, place?: { path: string; input: unknown }): Response => {
    const error = getTRPCErrorFromUnknown(cause);
    onError(error);
    headers = failureHeaders(error.cause);
    return { error: getTRPCErrorShape({ config, error, type, path: place?.path, input: place?.input, ctx }) };
  };
  const write = (response: Response, asBatch: boolean): CallAnswer => ({
    status: getHTTPStatusCode(response),
    body: JSON.stringify(transformTRPCResponse(config, asBatch ? [response] : response)),
    headers,
  });
  const run = async (): Promise<Response> => {
    ctx = await createContext();
    // An error that `read` throws becomes a rejection.
    const getRawInput = () => new Promise<unknown>((resolve) => resolve(input.read()));
    const given = { router, path, type, ctx, getRawInput, signal: undefined, batchIndex: 0 };
    return { result: { data: (await callTRPCProcedure(given)) as unknown } };
  };
  const response = await run().catch((cause: unknown) => failed(cause, { path, input: input.value }));
  try {
    return write(response, isBatch);
  } catch (cause) {
    // The result can't be written. tRPC says so for the request as a whole, without a path, and not as a batch.
    return write(failed(cause), false);
  }
}

/** A call's input, read when the procedure asks for it: a caller that is refused costs no parsing. */
class CallInput {
  /** The input once it was read; undefined before, and if it can't be read. */
  value: unknown;
  readonly #call: SingleCall;
  readonly #transformer: TRPCCombinedDataTransformer;
  #isRead = false;

  constructor(call: SingleCall, transformer: TRPCCombinedDataTransformer) {
    this.#call = call;
    this.#transformer = transformer;
  }

  /** @throws TRPCError BAD_REQUEST for a text that is no JSON, or no batch */
  read(): unknown {
    if (this.#isRead) return this.value;
    const wire = this.#parse();
    this.value = wire === undefined ? undefined : this.#transformer.input.deserialize(wire);
    this.#isRead = true;
    return this.value;
  }

  #parse(): unknown {
    const { text, isBatch } = this.#call;
    if (text === null) return undefined;
    const parsed = parseJson(text);
    if (!isBatch) return parsed;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return (parsed as Record<string, unknown>)['0'];
    }
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: '"input" needs to be an object when doing a batch call',
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: cause instanceof Error ? cause.message : '', cause });
  }
}
