import { TRPCClientError } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { TurnkeeperClientError, hasReason, isTurnkeeperError } from '../../client-sdk/src/index.ts';
import type { ClientFailureReason } from '../../client-sdk/src/index.ts';
import { toClientError } from '../../client-sdk/src/to-client-error.ts';
import { failureReasons } from '../../server/domain/errors.ts';

const serverReasons = Object.keys(failureReasons) as ClientFailureReason[];
const reasons: readonly ClientFailureReason[] = [...serverReasons, 'UNREACHABLE'];

describe('the guards', () => {
  it.for(reasons)('tell %s from every other reason', (reason) => {
    const error: unknown = new TurnkeeperClientError(reason, 'as thrown', { retryable: false });
    expect(isTurnkeeperError(error)).toBe(true);
    expect(reasons.filter((other) => hasReason(error, other))).toEqual([reason]);
  });

  it('take several reasons at once', () => {
    const error = new TurnkeeperClientError('AGENT_TIMEOUT', 'as thrown', { retryable: true });
    expect(hasReason(error, 'AGENT_FAILED', 'AGENT_TIMEOUT')).toBe(true);
    expect(hasReason(error, 'AGENT_FAILED', 'OVERLOADED')).toBe(false);
  });

  it.for([new Error('another'), { reason: 'INTERNAL' }, 'INTERNAL', null, undefined])(
    'are not taken in by anything else that is thrown (%o)',
    (thrown) => {
      expect(isTurnkeeperError(thrown)).toBe(false);
      expect(hasReason(thrown, 'INTERNAL')).toBe(false);
    },
  );
});

describe('whether a call that failed may have taken effect', () => {
  const call = { url: 'http://server', turnId: 'turn-1' };
  const refused = (data: object) =>
    toClientError(TRPCClientError.from({ error: { message: 'no', code: -32603, data } }), call);

  it('is known where the server says so', () => {
    const data = { reason: 'STATE_STORE_UNAVAILABLE', retryable: true, httpStatus: 503 };
    expect(refused({ ...data, isOutcomeUnknown: true }).isOutcomeUnknown).toBe(true);
    expect(refused(data).isOutcomeUnknown).toBe(false);
  });

  it('is unknown where nobody answered', () => {
    expect(toClientError(new TypeError('fetch failed'), call).isOutcomeUnknown).toBe(true);
  });
});
