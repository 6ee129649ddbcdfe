import type { Activity } from '@microsoft/agents-activity';
import type { AgentInput } from '../../domain/briefing.ts';
import type { CardAction } from '../../domain/card-rules.ts';
import type { AgentRequest } from '../../orchestrator/ports/agent.ts';

/** The activity that carries a card's input: a message with a value, or the invoke that cards in Teams send. */
export type CardSubmit = 'message' | 'invoke';

type SentActivity = Pick<Activity, 'type'> &
  Partial<Pick<Activity, 'name' | 'text' | 'value' | 'channelData'>>;

/** The activity that the service receives for a turn. */
export function toActivity({ input, query }: AgentRequest, cardSubmit: CardSubmit): SentActivity {
  switch (input.type) {
    case 'text':
    case 'open':
    case 'undo':
      return { type: 'message', text: query };
    case 'data':
      return { type: 'message', text: query, value: input.data };
    case 'cardAction':
      return { ...cardActivity(input, cardSubmit), ...contextBeside(query) };
  }
}

type CardActionInput = Extract<AgentInput, { readonly type: 'cardAction' }>;

function cardActivity({ data, action }: CardActionInput, cardSubmit: CardSubmit): SentActivity {
  switch (cardSubmit) {
    case 'message':
      return { type: 'message', text: '', value: data };
    case 'invoke':
      return {
        type: 'invoke',
        name: 'adaptiveCard/action',
        value: { action: { ...invoked(action), data }, trigger: 'manual' },
      };
  }
}

function invoked({ type, name }: CardAction): object {
  if (name === null) return { type };
  return type === 'Action.Execute' ? { type, verb: name } : { type, id: name };
}

/**
 * Passes the context in `channelData`, where the agent finds it as `System.Activity.ChannelData` (I10). It can't be the
 * activity's text: the agent would take that for something the person said.
 */
function contextBeside(query: string): Pick<SentActivity, 'channelData'> {
  return { channelData: { turnkeeper: { context: query } } };
}
