import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../../contract/errors.ts';
import {
  TurnkeeperClientError,
  createTurnkeeperClient,
  hasReason,
  isTurnkeeperError,
} from '../../../client-sdk/src/index.ts';
import type { ClientFailureReason } from '../../../client-sdk/src/index.ts';
import { faultyProxy } from './faulty-proxy.ts';
import type { Fault } from './faulty-proxy.ts';

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
  const data = { code: 'SERVICE_UNAVAILABLE', reason: 'STATE_STORE_UNAVAILABLE', retryable: true };
  const unconfirmed: Fault = {
    status: 503,
    body: JSON.stringify({
      error: { json: { message: 'not confirmed', code: -32603, data: { ...data, isOutcomeUnknown: true } } },
    }),
  };

  it.for<[string, Fault, boolean]>([
    ['is told where the server says so', unconfirmed, true],
    ['is denied where the server says nothing of it', 'STATE_STORE_UNAVAILABLE', false],
    ['is unknown where the connection broke', 'cut before', true],
  ])('%s', async ([, fault, isUnknown]) => {
    await using proxy = await faultyProxy(null, [fault]);
    const client = createTurnkeeperClient({ url: proxy.url, retry: { attempts: 1 } });
    const error: unknown = await client
      .resume('c')
      .turn('Hello')
      .catch((thrown: unknown) => thrown);
    if (!isTurnkeeperError(error)) throw error;
    expect(error.isOutcomeUnknown).toBe(isUnknown);
  });
});
