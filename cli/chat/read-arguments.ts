import { parseArgs } from 'node:util';
import { commandLine } from '../../server/command-line.ts';
import { ArgumentFault } from '../command.ts';
import { isHttpUrl } from '../support/connect.ts';

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
