import { z } from 'zod';
import { coreVariables } from './core.ts';
import { crossRules } from './cross-rules.ts';
import type { GivenVariables } from './cross-rules.ts';
import { durationMs, isLoopback, word } from './values.ts';

/** The callers, and how the server comes to know them. */
export const authVariables = {
  AUTH_MODE: word(['dev'])
    .prefault('dev')
    .describe('`dev` believes the x-dev-user and x-dev-tenant headers: loopback only, never in production'),
  AUTH_TIMEOUT_MS: durationMs(1)
    .prefault('5000')
    .describe('The time to find out who calls; then the call fails with AUTHENTICATION_UNAVAILABLE'),
};

const { NODE_ENV, HOST } = coreVariables;
const variables = z.object({ ...authVariables, NODE_ENV, HOST });

/** `authVariables` with the names and units that the code uses. */
export const authSettings = variables.check(crossRules(rules)).transform((values) => ({
  authMode: values.AUTH_MODE,
  authTimeoutMs: values.AUTH_TIMEOUT_MS,
}));

function rules({ valid, fault }: GivenVariables<z.output<typeof variables>>): void {
  if (valid.AUTH_MODE !== 'dev') return;
  if (valid.NODE_ENV === 'production') {
    fault(
      'AUTH_MODE',
      'must not be dev when NODE_ENV is production: it believes whatever user the caller claims to be',
    );
  }
  if (valid.HOST !== undefined && !isLoopback(valid.HOST)) {
    fault(
      'HOST',
      'must be a loopback address (127.0.0.1, ::1 or localhost) while AUTH_MODE is dev, which believes whatever user ' +
        'the caller claims to be',
    );
  }
}
