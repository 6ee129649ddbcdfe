import type { AgentInput } from '../../domain/briefing.ts';
import type { Agent } from '../../orchestrator/ports/agent.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import { composeReply } from './compose-reply.ts';
import { guidedTurn } from './guided-turn.ts';
import type { GuidedTurn, Understanding } from './guided-turn.ts';
import { respond } from './respond.ts';
import { understandCard } from './understand-card.ts';
import { understandText } from './understand-text.ts';

/**
 * The built-in agent: walks through any workflow, asking for one missing field after the other. It needs no
 * credentials, keeps nothing between turns, and answers the same to the same at the same time of its clock.
 */
export function createGuidedAgent({ clock }: { readonly clock: Pick<Clock, 'now'> }): Agent {
  return {
    name: 'guided',
    open({ signal }) {
      return signal.aborted ? Promise.reject(reasonOf(signal)) : Promise.resolve('guided');
    },
    async *send({ input, briefing }, { signal }) {
      // Lets an abort that is on its way arrive before the answer is worked out.
      await Promise.resolve();
      if (signal.aborted) throw reasonOf(signal);
      const turn = guidedTurn(briefing, clock.now());
      const said = input.type === 'text' ? input.text : null;
      yield composeReply(respond(understand(input, turn), said, turn), turn);
    },
  };
}

function understand(input: AgentInput, turn: GuidedTurn): Understanding {
  switch (input.type) {
    case 'text':
      return understandText(input.text, turn);
    case 'cardAction':
      return understandCard(input.data, turn);
    case 'open':
      return { kind: 'greeted' };
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('the turn was aborted', { cause: reason });
}
