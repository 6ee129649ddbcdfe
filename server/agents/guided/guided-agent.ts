import type { AgentInput } from '../../domain/briefing.ts';
import type { Agent } from '../../orchestrator/ports/agent.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import { composeReply } from './compose-reply.ts';
import type { ReplyDraft } from './compose-reply.ts';
import { respondInGroup } from './group/respond-in-group.ts';
import { guidedTurn } from './guided-turn.ts';
import type { GuidedTurn, Understanding, Refusal } from './guided-turn.ts';
import { withLookedUpChoices } from './lookup/looked-up-choices.ts';
import { respond } from './respond.ts';
import { understandText } from './understand-text.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { explainRefusal } from './field/explain-refusal.ts';
import { readFieldAnswer } from './read-answer/read-field-answer.ts';

/**
 * The built-in agent. It walks through any workflow and asks for one missing field after the other. It needs no
 * credentials, keeps nothing between turns, and is deterministic: same input and clock, same answer.
 */
export function createGuidedAgent({ clock }: { readonly clock: Pick<Clock, 'now'> }): Agent {
  return {
    name: 'guided',
    open({ signal }) {
      return signal.aborted ? Promise.reject(reasonOf(signal)) : Promise.resolve('guided');
    },
    async *send({ input, briefing }, { signal }) {
      // This lets a pending abort arrive before the answer is computed.
      await Promise.resolve();
      if (signal.aborted) throw reasonOf(signal);
      const said = input.type === 'text' || input.type === 'data' ? input.text : null;
      const turn = await withLookedUpChoices(guidedTurn(briefing, clock.now()), said, briefing);
      yield composeReply(draftReply(input, said, turn), turn);
    },
  };
}

function draftReply(input: AgentInput, said: string | null, turn: GuidedTurn): ReplyDraft {
  const inGroup = input.type === 'text' ? respondInGroup(input.text, turn) : null;
  if (inGroup !== null) return inGroup;
  const draft = respond(understand(input, turn), said, turn);
  // Whatever else is said between two items, the question whether there is another one still stands.
  return turn.asked?.group == null || draft.more !== undefined ? draft : { ...draft, more: turn.asked };
}

function understand(input: AgentInput, turn: GuidedTurn): Understanding {
  switch (input.type) {
    case 'text':
      return understandText(input.text, turn);
    case 'cardAction':
      return understandCard(input.data, turn);
    case 'data':
      return input.text === null ? { kind: 'entered' } : understandText(input.text, turn);
    case 'undo':
      return { kind: 'undone', changed: input.changed };
    case 'open':
      return { kind: 'greeted' };
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('the turn was aborted', { cause: reason });
}

/**
 * Reads a card's data as values of the fields that it names. Cards send their inputs as text, so a text is read as an
 * answer if the field takes something else. Names that are no field's are ignored.
 */
function understandCard(data: Readonly<Record<string, Json>>, turn: GuidedTurn): Understanding {
  const values = new Map<string, Json>();
  const refusals: Refusal[] = [];
  for (const [name, value] of Object.entries(data)) {
    const field = turn.workflow.fields.get(name);
    // Cards send an empty input as an empty text.
    if (field === undefined || value === '') continue;
    const checked = field.check(value);
    const reading = checked.ok || typeof value !== 'string' ? null : readFieldAnswer(field, value, turn.now);
    if (checked.ok) values.set(name, checked.value);
    else if (reading?.kind === 'value') values.set(name, reading.value);
    else refusals.push({ field, tried: null, why: explainRefusal(field, value), suggestions: [] });
  }
  return values.size === 0 ? { kind: 'unreadable', refusals } : { kind: 'values', values, refusals };
}
