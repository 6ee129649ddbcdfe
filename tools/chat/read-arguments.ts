import { parseArgs } from 'node:util';

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
  --workflow ID        the workflow to begin; asked for when not given
  --conversation ID    the conversation to go on with
  --user U             who you are (default local)
  --tenant T           and of which tenant (default local)
  --help               this text

A token in the variable TURNKEEPER_TOKEN is sent along, for an agent that is asked in your name.`;

type ReadArguments =
  | { readonly kind: 'arguments'; readonly arguments: ChatArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly message: string };

export function readArguments(args: readonly string[]): ReadArguments {
  try {
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
    if (values.help) return { kind: 'help' };
    if (!isHttpUrl(values.url)) {
      return { kind: 'fault', message: `--url must be like ${defaultUrl}; it is "${values.url}".` };
    }
    const { url, workflow: workflowId, conversation: conversationId, user, tenant } = values;
    return { kind: 'arguments', arguments: { url, workflowId, conversationId, user, tenant } };
  } catch (error) {
    return { kind: 'fault', message: error instanceof Error ? error.message : String(error) };
  }
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

/** The identity in the headers that AUTH_MODE=dev believes, and the token: not an option, which others could list. */
export function identityHeaders({ user, tenant }: ChatArguments, token: string): Record<string, string> {
  return {
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(user === undefined ? {} : { 'x-dev-user': user }),
    ...(tenant === undefined ? {} : { 'x-dev-tenant': tenant }),
  };
}

/** What the same person types to come back to a conversation on the same server. */
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
