import { z } from 'zod';
import { wholeNumber } from './values.ts';

const most = wholeNumber(1, 1_000_000).optional();
const mostBytes = wholeNumber(1, 1_000_000_000_000).optional();

/** The limits of each user, and of all users of a tenant together. Each is off unless it is set. */
export const limitVariables = {
  USER_TURNS_PER_MINUTE: most.describe(
    'Turns that one user may begin within any minute, on all servers together; more are refused with RATE_LIMITED. By default any number',
  ),
  TENANT_TURNS_PER_MINUTE: most.describe('The same for all users of a tenant together'),
  USER_CONVERSATIONS: most.describe(
    'Conversations of one user that are stored at once, ended ones included; a turn that opens one more is refused with RATE_LIMITED. By default any number',
  ),
  TENANT_CONVERSATIONS: most.describe('The same for all users of a tenant together'),
  USER_STORED_BYTES: mostBytes.describe(
    "Bytes that the stored conversations of one user take in Redis's memory; once they take so many, turns are refused with RATE_LIMITED. By default any number",
  ),
  TENANT_STORED_BYTES: mostBytes.describe('The same for all users of a tenant together'),
  USER_OPEN_WATCHES: most.describe(
    'Open watches (`workflow.watch`) of one user, on all servers together; more are refused with RATE_LIMITED. By default any number',
  ),
  TENANT_OPEN_WATCHES: most.describe('The same for all users of a tenant together'),
  USER_WAITING_CALLS: most.describe(
    'Calls of one user that wait for others of their conversations (`whenBusy`), on all servers together; more are refused with RATE_LIMITED. By default any number',
  ),
  TENANT_WAITING_CALLS: most.describe('The same for all users of a tenant together'),
};

/** `limitVariables` with the names that the code uses. */
export const limitSettings = z.object(limitVariables).transform((values) => ({
  limits: {
    userTurnsPerMinute: values.USER_TURNS_PER_MINUTE ?? null,
    tenantTurnsPerMinute: values.TENANT_TURNS_PER_MINUTE ?? null,
    userConversations: values.USER_CONVERSATIONS ?? null,
    tenantConversations: values.TENANT_CONVERSATIONS ?? null,
    userStoredBytes: values.USER_STORED_BYTES ?? null,
    tenantStoredBytes: values.TENANT_STORED_BYTES ?? null,
    userOpenWatches: values.USER_OPEN_WATCHES ?? null,
    tenantOpenWatches: values.TENANT_OPEN_WATCHES ?? null,
    userWaitingCalls: values.USER_WAITING_CALLS ?? null,
    tenantWaitingCalls: values.TENANT_WAITING_CALLS ?? null,
  },
}));
