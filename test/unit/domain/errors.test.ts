import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../../contract/errors.ts';
import { TurnkeeperError, isTurnkeeperError } from '../../../server/domain/errors.ts';

// The properties that clients rely on, reason by reason.
const table = [
  ['INVALID_INPUT', 'BAD_REQUEST', false],
  ['UNKNOWN_WORKFLOW', 'BAD_REQUEST', false],
  ['WORKFLOW_MISMATCH', 'BAD_REQUEST', false],
  ['UNKNOWN_CARD', 'BAD_REQUEST', false],
  ['OPENING_DIFFERS', 'BAD_REQUEST', false],
  ['UNAUTHENTICATED', 'UNAUTHORIZED', false],
  ['TENANT_NOT_ALLOWED', 'FORBIDDEN', false],
  ['ROLE_NOT_ALLOWED', 'FORBIDDEN', false],
  ['ADDRESS_NOT_ALLOWED', 'FORBIDDEN', false],
  ['WORKFLOW_NOT_FOUND', 'NOT_FOUND', false],
  ['TURN_IN_PROGRESS', 'CONFLICT', true],
  ['TURN_INTERRUPTED', 'CONFLICT', true],
  ['LEASE_LOST', 'CONFLICT', true],
  ['STATE_CHANGED', 'CONFLICT', true],
  ['TURN_ID_REUSED', 'CONFLICT', false],
  ['WORKFLOW_ENDED', 'PRECONDITION_FAILED', false],
  ['FIELDS_MISSING', 'PRECONDITION_FAILED', false],
  ['NOTHING_TO_UNDO', 'PRECONDITION_FAILED', false],
  ['BUDGET_SPENT', 'PRECONDITION_FAILED', false],
  ['DEFINITION_CHANGED', 'PRECONDITION_FAILED', false],
  ['PAYLOAD_TOO_LARGE', 'PAYLOAD_TOO_LARGE', false],
  ['RATE_LIMITED', 'TOO_MANY_REQUESTS', true],
  ['AGENT_FAILED', 'BAD_GATEWAY', true],
  ['CHOICES_UNAVAILABLE', 'BAD_GATEWAY', true],
  ['AGENT_TIMEOUT', 'GATEWAY_TIMEOUT', true],
  ['AUTHENTICATION_UNAVAILABLE', 'SERVICE_UNAVAILABLE', true],
  ['STATE_STORE_UNAVAILABLE', 'SERVICE_UNAVAILABLE', true],
  ['OVERLOADED', 'SERVICE_UNAVAILABLE', true],
  ['SHUTTING_DOWN', 'SERVICE_UNAVAILABLE', true],
  ['CONVERSATION_UNREADABLE', 'INTERNAL_SERVER_ERROR', false],
  ['INTERNAL', 'INTERNAL_SERVER_ERROR', false],
] as const;

describe('the reasons that a call can fail for', () => {
  it('are those of the table and no others', () => {
    expect(Object.keys(failureReasons).sort()).toEqual(table.map(([reason]) => reason).sort());
  });

  it.each(table)('%s travels as %s, retryable: %s', (reason, code, retryable) => {
    expect(failureReasons[reason]).toEqual({ code, retryable });
    expect(new TurnkeeperError(reason, 'It failed.').retryable).toBe(retryable);
  });
});

describe('an error of the product', () => {
  it('carries its issues, its delay and its cause', () => {
    const cause = new Error('socket closed');
    const issues = [{ path: 'input.text', message: 'is too long' }];
    const error = new TurnkeeperError('OVERLOADED', 'Too busy.', { issues, retryAfterMs: 250, cause });
    expect(error).toMatchObject({ name: 'TurnkeeperError', message: 'Too busy.', issues, retryAfterMs: 250 });
    expect(error.cause).toBe(cause);
  });

  it('lists twenty issues, says how many more there are, and cuts what a caller may have made long', () => {
    const issues = Array.from({ length: 28_000 }, (_, index) => ({
      path: `input.${'k'.repeat(200_000)}${index}`,
      message: 'm'.repeat(200_000),
    }));
    const error = new TurnkeeperError('INVALID_INPUT', 'x'.repeat(200_000), { issues });
    expect(error.issues).toHaveLength(21);
    expect(error.issues?.at(-1)).toEqual({ path: '', message: 'and 27980 more' });
    expect(error.issues?.[0]?.path).toMatch(/^input\.k+…$/);
    expect(JSON.stringify([error.message, error.issues]).length).toBeLessThan(12_000);
    const twenty = new TurnkeeperError('INVALID_INPUT', 'No.', { issues: issues.slice(0, 20) });
    expect(twenty.issues).toHaveLength(20);
  });

  it('has no cause of its own making', () => {
    expect(Object.hasOwn(new TurnkeeperError('INTERNAL', 'It failed.'), 'cause')).toBe(false);
  });

  it('is known by its class and, where asked, its reason; nothing else thrown passes for one', () => {
    const error: unknown = new TurnkeeperError('LEASE_LOST', 'Lost.');
    expect(isTurnkeeperError(error)).toBe(true);
    expect(isTurnkeeperError(error, 'LEASE_LOST')).toBe(true);
    expect(isTurnkeeperError(error, 'INTERNAL')).toBe(false);
    for (const other of [new Error('LEASE_LOST'), { reason: 'LEASE_LOST' }, null, 'LEASE_LOST']) {
      expect(isTurnkeeperError(other)).toBe(false);
    }
  });
});
