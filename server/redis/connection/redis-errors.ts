import { TurnkeeperError } from '../../domain/errors.ts';

const retryAfterMs = 1_000;

/**
 * The error for every caller of a Redis that is gone, hangs or refuses (I6). Of the cause only a description is kept: an
 * error of ioredis carries the command's arguments, which are what people wrote (docs/architecture.md, Trust).
 */
export function storeUnavailable(cause: unknown): TurnkeeperError<'STATE_STORE_UNAVAILABLE'> {
  return new TurnkeeperError(
    'STATE_STORE_UNAVAILABLE',
    "The state store can't be reached or did not answer in time. Try again shortly.",
    { cause: new Error(describeRedisError(cause)), retryAfterMs },
  );
}

/** Waits for a reply. Whatever goes wrong with the command, Redis is not available to this call (I6). */
export async function available<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    throw storeUnavailable(error);
  }
}

/**
 * Describes in a line why Redis failed a connection or a command, for the log. A reply of Redis may quote a command's
 * arguments, so only its fixed parts are kept; the errors of Node and ioredis hold no more than addresses.
 */
export function describeRedisError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  // Node tries each address of a host name; the first failure stands for all.
  if (error instanceof AggregateError && error.errors.length > 0) return describeRedisError(error.errors[0]);
  if (error.name === 'ReplyError') return describeReply(error);
  const code = codeOf(error);
  if (code !== null) return `${code}: ${codeMeanings[code] ?? meaningOfPrefix(code)}`;
  const known = clientMessages.find(([pattern]) => pattern.test(error.message));
  return known?.[1] ?? error.message;
}

/** True if Redis replies so because it is another's replica by now. Scripts of Redis 6 wrap the reply into their own. */
export function saysReplica({ message }: Error): boolean {
  return /^(READONLY|UNBLOCKED|MASTERDOWN)\b|-READONLY /.test(message);
}

function describeReply(error: Error): string {
  const { message } = error;
  const [, command] = /^ERR unknown command [`']([\w|.-]{1,40})['`]/.exec(message) ?? [];
  if (command !== undefined)
    return `Redis answered ERR unknown command '${command.toLowerCase()}': it is renamed or disabled there`;
  const [, forbidden] = /^NOPERM .*permissions to run the '([\w|.-]{1,40})' command/.exec(message) ?? [];
  if (forbidden !== undefined)
    return `Redis answered NOPERM: its ACL user may not run the command '${forbidden}'`;
  const fixed = fixedReplies.find((reply) => message.startsWith(reply));
  if (fixed !== undefined) return `Redis answered ${fixed}`;
  const [word = ''] = message.split(' ', 1);
  const meaning = replyMeanings[word];
  return `Redis answered ${word}${meaning === undefined ? '' : `: ${meaning}`}`;
}

/** True if the database of the URL could not be selected. */
export function isFailedSelect(error: unknown): boolean {
  if (!(error instanceof Error) || !('command' in error)) return false;
  const { command } = error;
  return typeof command === 'object' && command !== null && 'name' in command && command.name === 'select';
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function meaningOfPrefix(code: string): string {
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.includes('CERT')
    ? 'the TLS handshake failed'
    : 'the connection failed';
}

const unknownAuthority =
  'its certificate is signed by an authority that is not known here (REDIS_TLS_CA_FILE)';

const codeMeanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name can not be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ETIMEDOUT: 'no connection in time; a Redis without TLS is silent to rediss://',
  ECONNRESET: 'it broke the connection off; one that wants TLS needs rediss://',
  EPIPE: 'it broke the connection off; one that wants TLS needs rediss://',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_HAS_EXPIRED: 'its certificate has run out',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; one without needs redis://',
};

const replyMeanings: Readonly<Record<string, string>> = {
  WRONGPASS: 'the user or the password is wrong',
  NOAUTH: 'it asks for a password',
  NOPERM: 'its ACL user may not use this key or channel',
  READONLY: 'it is a replica',
  UNBLOCKED: 'it was made a replica',
  OOM: 'its memory is full',
  MISCONF: 'it can not write to its disk',
  NOREPLICAS: 'it misses the replicas that it must write to',
  LOADING: 'it still loads its data',
  BUSY: 'a script keeps it busy',
  MASTERDOWN: 'it is a replica without its primary',
  CLUSTERDOWN: 'the cluster misses a part of its slots',
  DENIED: 'it is in protected mode',
};

/** Replies under ERR that quote nothing. */
const fixedReplies = [
  'ERR max number of clients reached',
  'ERR DB index is out of range',
  'ERR invalid DB index',
  'ERR SELECT is not allowed in cluster mode',
  'ERR This instance has cluster support disabled',
  'ERR Unknown Redis command called from script',
  "ERR The user executing the script can't run this command or subcommand",
] as const;

/** Messages of ioredis, which are about its own options and states. */
const clientMessages: readonly (readonly [RegExp, string])[] = [
  [/^Unknown RESP type/, 'what answers there is no Redis'],
  [/^Protocol error/, 'what answers there is no Redis'],
  [/^(Command timed out|Socket timeout|timeout$)/, 'Command timed out'],
  [/^Reached the max retries per request limit/, 'the connection was lost before the answer'],
  [/^(Connection is closed|None of startup nodes)/, 'the connection is closed'],
  [/enableOfflineQueue options is false$/, 'there is no connection yet'],
];
