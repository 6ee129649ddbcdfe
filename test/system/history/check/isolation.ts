import { strangersIn } from '../actors.ts';
import type { Conversation, Evidence } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** No data of one identity gets into an answer to another, into another's storage, or to its agent (I8). */
export function checkIsolation({ conversations }: Evidence): Violation[] {
  return conversations.flatMap((conversation) => [
    ...answersToStrangers(conversation),
    ...conversation.agentCalls
      .filter(({ strangers }) => strangers.length > 0)
      .map(({ call, turnId, strangers, from }) =>
        violation(conversation, `${call} was told ${strangers.join(', ')}`, { turnIds: [turnId], at: from }),
      ),
    ...strangersIn(conversation.stored?.text ?? '', conversation.key).map((secret) =>
      violation(conversation, `its storage holds ${secret}`, { turnIds: [] }),
    ),
  ]);
}

function answersToStrangers(conversation: Conversation): Violation[] {
  const { attempts, gets, ends, key } = conversation;
  return [...[...attempts.values()].flat(), ...gets, ...ends].flatMap(({ outcome, request, endedAt }) => {
    const text =
      outcome.kind === 'answered'
        ? JSON.stringify(outcome.answer)
        : outcome.kind === 'refused'
          ? outcome.message
          : '';
    const turnIds = request.op === 'turn' ? [request.turnId] : [];
    return strangersIn(text, key).map((secret) =>
      violation(conversation, `an answer to ${request.op} holds ${secret}`, { turnIds, at: endedAt }),
    );
  });
}

function violation(
  { name }: Conversation,
  message: string,
  place: { readonly turnIds: readonly string[]; readonly at?: number },
): Violation {
  return { check: 'isolation', conversation: name, message, ...place };
}
