import { audience, startOpenIdProvider } from '../../../support/open-id-provider.ts';
import { startChatServer } from './chat-server.ts';

/** A server whose page signs in at a provider; tokens end after so many seconds. Use with `await using`. */
export async function startSigningIn(accessTokenSeconds: number, env: Readonly<Record<string, string>> = {}) {
  const provider = await startOpenIdProvider({ accessTokenSeconds });
  const server = await startChatServer({
    env: {
      AUTH_MODE: 'oidc',
      OIDC_ISSUER: provider.issuer,
      OIDC_AUDIENCE: audience,
      OIDC_TENANT_CLAIM: 'tid',
      OIDC_ROLES_CLAIM: 'roles',
      OIDC_CLOCK_TOLERANCE_SECONDS: '0',
      USER_ID_SECRET: 'the secret of user ids in this file',
      SIGN_IN_CLIENT_ID: 'page',
      SIGN_IN_SCOPE: 'openid profile offline_access chat',
      ...env,
    },
  });
  provider.registerPage(`${server.url}/`);
  return {
    ...server,
    provider,
    renewals: () => provider.requests.filter((path) => path === '/token').length - 1,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await provider.stop();
    },
  };
}
