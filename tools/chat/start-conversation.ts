import { hasReason } from '../../client-sdk/src/index.ts';
import type {
  ConversationResult,
  DefinitionResult,
  ResumedConversation,
  TurnkeeperClient,
} from '../../client-sdk/src/index.ts';
import { pickWorkflow } from './pick-workflow.ts';
import type { Terminal } from './terminal.ts';

/** A conversation to talk in, and the workflow that it runs. */
export interface Started {
  readonly conversation: ResumedConversation<never>;
  readonly definition: DefinitionResult;
  /** How it stands, for one that was begun earlier. */
  readonly earlier: ConversationResult<never> | null;
}

interface Wanted {
  readonly workflowId: string | undefined;
  readonly conversationId: string | undefined;
}

/**
 * Finds the conversation that is meant: an earlier one, or a new one of the workflow that is named or picked.
 * @returns `null` when the person picked none
 * @throws TurnkeeperClientError, or Error when there is no such workflow; the message says which there are
 */
export async function startConversation(
  client: TurnkeeperClient<never>,
  terminal: Terminal,
  { workflowId, conversationId }: Wanted,
): Promise<Started | null> {
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

/** A conversation that does not exist is no fault where a workflow is named to open it with. */
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
