import { parseArgs } from 'node:util';
import { readCommandLine } from '../support/command-line.ts';
import type { ReadArguments } from '../support/command-line.ts';

export interface ChatArguments {
  readonly url: string;
  readonly workflowId: string | undefined;
  readonly conversationId: string | undefined;
  readonly user: string | undefined;
  readonly tenant: string | undefined;
}

const defaultUrl = 'http://127.0.0.1:3000';

export const usage = `Usage: npm run chat -- [options]

  --url URL            the server's address (default ${defaultUrl})
  --workflow ID        the workflow to start (default: you choose from a list)
  --conversation ID    the conversation to continue
  --user U             your user name (default local)
  --tenant T           your tenant (default local)
  --help               this text

If the variable TURNKEEPER_TOKEN is set, its token is sent too: for an agent that is asked in your name.`;

export function readArguments(args: readonly string[]): ReadArguments<ChatArguments> {
  return readCommandLine(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: 'string', default: defaultUrl },
        workflow: { type: 'string' },
        conversation: { type: 'string' },
        user: { type: 'string' },
        tenant: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const { url, workflow: workflowId, conversation: conversationId, user, tenant } = values;
    if (values.help) return null;
    if (!isHttpUrl(url)) throw new Error(`--url must be like ${defaultUrl}; it is "${url}".`);
    return { url, workflowId, conversationId, user, tenant };
  });
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
  return `npm run chat -- ${options.join(' ')}`;
}
