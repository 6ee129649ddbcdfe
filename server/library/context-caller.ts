import type { Authentication, Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';

/** A context of a tRPC application that does not say who calls. Its name is what the log shows. */
class ContextWithoutHeaders extends Error {
  override readonly name = 'ContextWithoutHeaders';
  readonly code = 'GIVE_IDENTIFY';
}

/** Asks the authenticator about the headers in a context of somebody else's application. */
export function authenticateContext(context: unknown, authenticator: Authenticator): Promise<Authentication> {
  const headers = headersIn(context) ?? headersIn(property(context, 'req'));
  if (headers !== null) return authenticator.authenticate(headers);
  return Promise.reject(
    new ContextWithoutHeaders(
      'the context has neither headers nor req.headers: give createTurnkeeper `identify`',
    ),
  );
}

function headersIn(holder: unknown): RequestHeaders | null {
  const headers = property(holder, 'headers');
  if (headers instanceof Headers) return Object.fromEntries(headers);
  return typeof headers === 'object' && headers !== null ? (headers as RequestHeaders) : null;
}

function property(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !(name in holder)) return undefined;
  return (holder as Readonly<Record<string, unknown>>)[name];
}
