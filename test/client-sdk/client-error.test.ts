import { describe, expect, it } from 'vitest';
import { TurnkeeperClientError, hasReason, isTurnkeeperError } from '../../client-sdk/src/index.ts';
import type { ClientFailureReason } from '../../client-sdk/src/index.ts';
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
