import { isTurnkeeperError } from '../../client-sdk/src/index.ts';
import type { ClientFailureReason } from '../../client-sdk/src/index.ts';
import { commandLine } from '../../server/command-line.ts';

/** Advice for a person at the terminal, by reason; `null` where the error's message is enough. */
const advice: Readonly<Record<ClientFailureReason, string | null>> = {
  UNREACHABLE: `Is the server running? Start it with: ${commandLine('start')} (or name another one with --url)`,
  INVALID_INPUT: null,
  UNKNOWN_WORKFLOW: `See which there are with: ${commandLine('chat')}`,
  WORKFLOW_MISMATCH: 'Leave --workflow out to go on with this conversation.',
  UNKNOWN_CARD: null,
  OPENING_DIFFERS: null,
  UNAUTHENTICATED:
    'Say who you are with --user and --tenant, or put your access token into TURNKEEPER_TOKEN (without "Bearer").',
  TENANT_NOT_ALLOWED: 'Name a tenant that this server takes with --tenant.',
  ROLE_NOT_ALLOWED: 'Ask for a role that this server takes: see OIDC_ROLES_CLAIM.',
  ADDRESS_NOT_ALLOWED: null,
  WORKFLOW_NOT_FOUND: `Start a new one with: ${commandLine('chat')}`,
  TURN_IN_PROGRESS: null,
  TURN_INTERRUPTED: null,
  LEASE_LOST: null,
  STATE_CHANGED: null,
  TURN_ID_REUSED: null,
  WORKFLOW_ENDED: `Start a new one with: ${commandLine('chat')}`,
  FIELDS_MISSING: '/status shows what is collected; /end ends it as cancelled.',
  NOTHING_TO_UNDO: null,
  BUDGET_SPENT: 'End it with /end, and start a new one.',
  DEFINITION_CHANGED: 'End it with /end, and start a new one.',
  PAYLOAD_TOO_LARGE: 'Say it in fewer words.',
  RATE_LIMITED: null,
  AGENT_FAILED: "The server's log says why: see `cause` in its line turn.rolledBack.",
  CHOICES_UNAVAILABLE: "The server's log says which field it is: see its line choices.failed.",
  AGENT_TIMEOUT: "The server's log says more: see `cause` in its line turn.rolledBack.",
  AUTHENTICATION_UNAVAILABLE: null,
  STATE_STORE_UNAVAILABLE: 'The server cannot reach its Redis.',
  OVERLOADED: null,
  SHUTTING_DOWN: null,
  CONVERSATION_UNREADABLE: "The server's log says which it is: see its line conversation.unreadable.",
  INTERNAL: null,
};

/** Describes a failed call: its message, its issues, and advice. */
export function describeError(error: unknown): string {
  if (!isTurnkeeperError(error)) return error instanceof Error ? error.message : String(error);
  const hint = advice[error.reason];
  const issues = (error.issues ?? [])
    .filter((issue) => !error.message.includes(issue.message))
    .map(({ path, message }) => `  ${path === '' ? '' : `${path} `}${message}`);
  return [error.message, ...issues, ...(hint === null ? [] : [hint])].join('\n');
}
