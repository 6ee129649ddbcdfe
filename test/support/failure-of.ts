import { TRPCError } from '@trpc/server';
import { isTurnkeeperError } from '../../server/testing/index.ts';
import type { TurnkeeperError } from '../../server/testing/index.ts';

interface Failure {
  readonly code: TRPCError['code'];
  readonly error: TurnkeeperError;
}

/** Returns the failure of a call, and throws if the call succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const outcome = await call.then(
    () => ({ thrown: null }),
    (thrown: unknown) => ({ thrown }),
  );
  if (!(outcome.thrown instanceof TRPCError))
    throw new Error('the call was expected to fail', { cause: outcome.thrown });
  const { cause, code } = outcome.thrown;
  if (!isTurnkeeperError(cause)) throw new Error('the failure has no reason', { cause });
  return { code, error: cause };
}
