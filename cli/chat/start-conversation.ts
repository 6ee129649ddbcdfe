import { hasReason } from '../../client-sdk/src/index.ts';
import type {
  ConversationResult,
  DefinitionResult,
  ResumedConversation,
  TurnkeeperClient,
} from '../../client-sdk/src/index.ts';
import type { Terminal } from './terminal.ts';

/** The conversation of this chat, and its workflow. */
export interface StartedConversation {
  readonly conversation: ResumedConversation<never>;
  readonly definition: DefinitionResult;
  /** The conversation's state if it existed before; null for a new one. */
  readonly earlier: ConversationResult<never> | null;
}

interface Wanted {
  readonly workflowId: string | undefined;
  readonly conversationId: string | undefined;
}

/**
 * Resumes the named conversation, or starts one of the workflow that is named or picked from a menu.
 * @returns `null` if the person picks no workflow
 * @throws TurnkeeperClientError if a call fails, or Error for an unknown workflow; its message lists the known ones
 */
export async function startConversation(
  client: TurnkeeperClient<never>,
  terminal: Terminal,
  { workflowId, conversationId }: Wanted,
): Promise<StartedConversation | null> {
  const definitions = await client.definitions({ signal: terminal.interrupted });
  if (conversationId !== undefined) {
    const conversation = client.resume(conversationId);
    const earlier = await lookUp(conversation, terminal.interrupted, workflowId !== undefined);
    if (earlier !== null) return { conversation, earlier, definition: find(definitions, earlier.workflowId) };
  }
  const definition =
    workflowId === undefined ? await pick(definitions, terminal) : find(definitions, workflowId);
  if (definition === null) return null;
  return { conversation: client.conversation(definition.id, conversationId), definition, earlier: null };
}

const shownMessages = 10;

/** Returns null for an unknown conversation if `mayBeNew`: a workflow is named that can open it. */
async function lookUp(
  conversation: ResumedConversation<never>,
  signal: AbortSignal,
  mayBeNew: boolean,
): Promise<ConversationResult<never> | null> {
  try {
    return await conversation.get({ messages: { limit: shownMessages } }, { signal });
  } catch (error) {
    if (mayBeNew && hasReason(error, 'WORKFLOW_NOT_FOUND')) return null;
    throw error;
  }
}

function find(definitions: readonly DefinitionResult[], id: string): DefinitionResult {
  const found = definitions.find((definition) => definition.id === id);
  if (found !== undefined) return found;
  const known = definitions.map((definition) => definition.id).join(', ');
  throw new Error(`This server runs no workflow "${id}". It runs: ${known}`);
}

async function pick(
  definitions: readonly DefinitionResult[],
  { print, ask, colors }: Terminal,
): Promise<DefinitionResult | null> {
  print('Which workflow?');
  definitions.forEach(({ id, title }, index) => print(`  ${index + 1}. ${title} ${colors.dim(`(${id})`)}`));
  for (;;) {
    const line = await ask(`1-${definitions.length}: `);
    if (line === null) return null;
    const picked = pickWorkflow(line, definitions);
    if (picked.ok) return picked.workflow;
    print(picked.explanation);
  }
}

interface Pickable {
  readonly id: string;
  readonly title: string;
}

type Picked<Workflow> =
  | { readonly ok: true; readonly workflow: Workflow }
  | { readonly ok: false; readonly explanation: string };

/** Finds a workflow by its number in the menu, its id, its title, or an unambiguous beginning of either. */
export function pickWorkflow<Workflow extends Pickable>(
  line: string,
  workflows: readonly Workflow[],
): Picked<Workflow> {
  const numbered = /^\d+$/.test(line) ? workflows[Number(line) - 1] : undefined;
  if (numbered !== undefined) return { ok: true, workflow: numbered };
  const wanted = line.toLowerCase();
  const namesOf = ({ id, title }: Workflow): string[] => [id.toLowerCase(), title.toLowerCase()];
  const named = workflows.filter((workflow) => namesOf(workflow).includes(wanted));
  const begun = workflows.filter((workflow) => namesOf(workflow).some((name) => name.startsWith(wanted)));
  const meant = named.length > 0 ? named : begun;
  const [first, ...others] = wanted === '' ? [] : meant;
  if (first === undefined) {
    return {
      ok: false,
      explanation: `Type a number from 1 to ${workflows.length}, or the beginning of a name.`,
    };
  }
  if (others.length === 0) return { ok: true, workflow: first };
  const ids = meant.map(({ id }) => id).join(', ');
  return { ok: false, explanation: `"${line}" may be any of ${ids}: type more of it, or its number.` };
}
