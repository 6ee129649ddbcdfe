import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { connectionFailure } from '../../../server/agents/post.ts';
import { createAuthority } from '../../support/certificates.ts';

/** An error of `fetch`: its cause carries the code and, if there is one, the system call. */
function fetchError(more: object): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('secret.example'), more) });
}

describe('a connection that fails', () => {
  it.each([
    ['CERT_HAS_EXPIRED'],
    ['CERT_NOT_YET_VALID'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    ['SELF_SIGNED_CERT_IN_CHAIN'],
    ['UNABLE_TO_GET_ISSUER_CERT'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['UND_ERR_CONNECT_TIMEOUT'],
    ['ECONNREFUSED', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['ENETUNREACH', 'connect'],
    ['ENOTFOUND', 'getaddrinfo'],
    ['EAI_AGAIN', 'getaddrinfo'],
  ])('with %s before anything was sent is a refusal', (code, syscall?: string) => {
    const error = fetchError({ code, ...(syscall === undefined ? {} : { syscall }) });
    const { outcome, message } = connectionFailure(error);
    expect({ outcome, message }).toEqual({
      outcome: 'refused',
      message: `the service can't be reached (${code})`,
    });
  });

  it.each([
    ['ECONNRESET', 'read'],
    ['EHOSTUNREACH', 'read'],
    ['EPIPE', 'write'],
    ['UND_ERR_SOCKET', undefined],
  ])('with %s once something may have been sent leaves open what was heard', (code, syscall) => {
    const error = fetchError({ code, ...(syscall === undefined ? {} : { syscall }) });
    expect(connectionFailure(error)).toMatchObject({
      outcome: 'ambiguous',
      message: `the connection broke before the answer began (${code})`,
    });
  });

  it.each([new Error('secret.example'), fetchError({ code: 'secret words' }), 'secret', undefined])(
    'without a code quotes nothing: %s',
    (error) => {
      const { outcome, message, cause } = connectionFailure(error);
      expect({ outcome, message, cause }).toEqual({
        outcome: 'ambiguous',
        message: 'the connection broke before the answer began',
        cause: undefined,
      });
    },
  );

  it('over a certificate that nobody vouches for is a refusal, by the name that Node.js gives it', async () => {
    const { cert, key } = createAuthority().issue(['127.0.0.1']);
    const server = createServer({ cert, key }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const error: unknown = await fetch(`https://127.0.0.1:${port}`).catch((thrown: unknown) => thrown);
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    expect(connectionFailure(error)).toMatchObject({
      outcome: 'refused',
      message: "the service can't be reached (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
    });
  });
});
