import { AgentFailure } from '../answer/agent-failure.ts';
import { causeCode } from './cause-code.ts';

/** How a certificate fails the check that comes before anything is sent (Node.js, `tls`). */
const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * What an error of fetch means for the turn: `refused` only where no connection came about, so that nothing was sent.
 * The error itself is left behind: it may name hosts, and quote what it was given.
 */
export function connectionFailure(error: unknown): AgentFailure {
  const code = causeCode(error);
  const named = code === null ? '' : ` (${code})`;
  return isNeverConnected(error, code)
    ? new AgentFailure('refused', `the service can't be reached${named}`)
    : new AgentFailure('ambiguous', `the connection broke before the answer began${named}`);
}

function isNeverConnected(error: unknown, code: string | null): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  // Several addresses were tried, and none could be connected to.
  if (cause instanceof AggregateError) return true;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || (code !== null && certificateCodes.has(code))) return true;
  if (!(cause instanceof Error) || !('syscall' in cause)) return false;
  return cause.syscall === 'connect' || cause.syscall === 'getaddrinfo';
}
