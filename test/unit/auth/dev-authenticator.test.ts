import { describe, expect, it } from 'vitest';
import { DevAuthenticator } from '../../../server/auth/dev-authenticator.ts';
import type { RequestHeaders } from '../../../server/orchestrator/ports/authenticator.ts';

const authenticate = (headers: RequestHeaders) => new DevAuthenticator().authenticate(headers);
const local = { tenant: 'local', user: 'local' };

describe('the identity', () => {
  it('is taken from the headers, or local', async () => {
    const headers = { 'x-dev-user': 'dana', 'x-dev-tenant': 'contoso' };
    expect(await authenticate(headers)).toMatchObject({ identity: { tenant: 'contoso', user: 'dana' } });
    expect(await authenticate({})).toMatchObject({ kind: 'authenticated', identity: local });
  });

  it.each(['x-dev-user', 'x-dev-tenant'])('is refused when %s is empty', async (name) => {
    expect(await authenticate({ [name]: '' })).toEqual({
      kind: 'refused',
      message: `The header ${name} must hold 1 to 128 characters.`,
    });
  });
});

describe('the access token', () => {
  it.each([
    ['Bearer eyJ.abc-_~+/.x==', 'eyJ.abc-_~+/.x=='],
    ['bearer  token', 'token'],
  ])('behind %j is passed on', async (authorization, accessToken) => {
    expect(await authenticate({ authorization })).toEqual({
      kind: 'authenticated',
      identity: local,
      accessToken,
    });
  });

  it.each([undefined, '', 'Basic ZGFuYTpzZWNyZXQ=', 'BearerX y', 'token'])(
    'is none with %j',
    async (authorization) => {
      expect(await authenticate({ authorization })).toMatchObject({
        kind: 'authenticated',
        accessToken: null,
      });
    },
  );

  it.each(['Bearer', 'Bearer ', 'Bearer a b', 'Bearer a,b', 'Bearer tökén', 'Bearer a=b'])(
    'that is malformed is refused without being repeated: %j',
    async (authorization) => {
      expect(await authenticate({ authorization })).toEqual({
        kind: 'refused',
        message: 'The header Authorization must be "Bearer", a space, and one access token.',
      });
    },
  );
});
