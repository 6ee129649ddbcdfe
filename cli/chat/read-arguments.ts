import { parseArgs } from 'node:util';
import { commandLine } from '../../server/command-line.ts';
import { ArgumentFault } from '../command.ts';

export interface ChatArguments {
  readonly url: string;
  readonly workflowId: string | undefined;
  readonly conversationId: string | undefined;
  readonly user: string | undefined;
  readonly tenant: string | undefined;
}

const defaultUrl = 'http://127.0.0.1:3000';

/** @throws ArgumentFault, or an error of `parseArgs`, for arguments that the chat does not take */
export function readArguments(args: readonly string[]): ChatArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string', default: defaultUrl },
      workflow: { type: 'string' },
      conversation: { type: 'string' },
      user: { type: 'string' },
      tenant: { type: 'string' },
    },
  });
  const { url, workflow: workflowId, conversation: conversationId, user, tenant } = values;
  if (!isHttpUrl(url)) throw new ArgumentFault(`--url must be like ${defaultUrl}; it is "${url}".`);
  return { url, workflowId, conversationId, user, tenant };
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

/**
 * The headers that AUTH_MODE=dev trusts, and the token. No option takes the token, because other users of the machine
 * can list a process's options.
 */
export function identityHeaders({ user, tenant }: ChatArguments, token: string): Record<string, string> {
  return {
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(user === undefined ? {} : { 'x-dev-user': user }),
    ...(tenant === undefined ? {} : { 'x-dev-tenant': tenant }),
  };
}

/** The command that resumes a conversation as the same user on the same server. */
export function resumeCommand({ url, user, tenant }: ChatArguments, conversationId: string): string {
  const options = [
    ...(url === defaultUrl ? [] : ['--url', url]),
    ...(user === undefined ? [] : ['--user', JSON.stringify(user)]),
    ...(tenant === undefined ? [] : ['--tenant', JSON.stringify(tenant)]),
    '--conversation',
    conversationId,
  ];
  return commandLine('chat', options);
}
