import { createTurnkeeperClient } from '../../client-sdk/src/index.ts';
import type { Retry, TurnkeeperClient } from '../../client-sdk/src/index.ts';
import { plainText } from './plain-text.ts';

interface Caller {
  readonly url: string;
  /** The user who calls, for a server with AUTH_MODE=dev. @default local */
  readonly user?: string | undefined;
  /** @default local */
  readonly tenant?: string | undefined;
}

// Few tries: a person is waiting, and can decide to try again.
const retry = { attempts: 3, baseDelayMs: 300 };

/**
 * A client of a running server, for a person at the terminal. TURNKEEPER_TOKEN has the access token. No option takes it,
 * because other users of the machine can list a process's options.
 * @throws Error for a token that no header can carry
 */
export function connect({ url, user, tenant }: Caller): TurnkeeperClient<never> {
  const token = process.env['TURNKEEPER_TOKEN']?.trim() ?? '';
  if (!/^[\x21-\x7e]*$/.test(token)) {
    throw new Error('TURNKEEPER_TOKEN must be one word, the token alone, without "Bearer".');
  }
  const headers = {
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(user === undefined ? {} : { 'x-dev-user': user }),
    ...(tenant === undefined ? {} : { 'x-dev-tenant': tenant }),
  };
  const onRetry = ({ attempt, error }: Retry): void =>
    console.error(plainText(`${error.message} Still trying: this is try ${attempt + 1}.`));
  return createTurnkeeperClient<never>({ url, headers: () => headers, retry, onRetry });
}

export function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}
