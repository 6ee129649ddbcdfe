/**
 * The names of spans and attributes, in one place.
 *
 * `gen_ai.*` and `error.type` are OpenTelemetry's semantic conventions for generative AI, v1.41, which are in development: a
 * renaming there is a change here. What they have no name for is under `turnkeeper.*`. No attribute holds what anybody
 * wrote, nor a user: not even the conventions' own attributes for messages.
 * Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-agent-spans/
 */
import type { Attributes } from '@opentelemetry/api';
import type { ConversationKey } from '../domain/identity.ts';
import type { TurnkeeperEvent } from '../orchestrator/ports/observer.ts';

export const instrumentationName = 'turnkeeper';

export const spanNames = {
  turn: 'turn',
  lease: 'turn.lease',
  load: 'turn.load',
  commit: 'turn.commit',
  agent: (agentName: string) => `invoke_agent ${agentName}`,
} as const;

export type TurnOutcome = 'committed' | 'replayed' | 'rolled_back' | 'refused';

type EventOf<Type extends TurnkeeperEvent['type']> = Extract<TurnkeeperEvent, { readonly type: Type }>;

export const attributesOf = {
  turn: ({ conversationId }: ConversationKey, turnId: string): Attributes => ({
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.conversation.id': conversationId,
    'turnkeeper.turn.id': turnId,
  }),
  started: ({ workflowId, turnNumber }: EventOf<'turn.started'>): Attributes => ({
    'gen_ai.workflow.name': workflowId,
    'turnkeeper.turn.number': turnNumber,
  }),
  agent: (agentName: string, { conversationId }: ConversationKey): Attributes => ({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.provider.name': agentName,
    'gen_ai.agent.name': agentName,
    'gen_ai.conversation.id': conversationId,
  }),
  answered: ({ activities }: EventOf<'agent.answered'>): Attributes => ({
    'turnkeeper.answer.activities': activities,
  }),
  committed: ({ parse, rejectedFields }: EventOf<'turn.committed'>): Attributes => ({
    'turnkeeper.answer.parse': parse,
    'turnkeeper.answer.rejected_fields': rejectedFields.length,
  }),
  outcome: (outcome: TurnOutcome): Attributes => ({ 'turnkeeper.turn.outcome': outcome }),
  error: (reason: string): Attributes => ({ 'error.type': reason }),
} as const;
