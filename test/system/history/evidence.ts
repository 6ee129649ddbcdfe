import type { ConversationKey } from '../../../server/domain/identity.ts';
import { nameOf } from './actors.ts';
import { agentCallsOf } from './agent-calls.ts';
import type { AgentCall } from './agent-calls.ts';
import { commitsOf } from './commits.ts';
import type { Commit } from './commits.ts';
import { groupBy } from './group-by.ts';
import type { Call, History, Request } from './history.ts';
import type { Stored, StoredConversation } from './stored.ts';

type CallOf<Op extends Request['op']> = Call & { readonly request: Extract<Request, { op: Op }> };
export type TurnCall = CallOf<'turn'>;
type GetCall = CallOf<'get'>;
type EndCall = CallOf<'end'>;
type StopCall = CallOf<'stop'>;

/** All that is known of one conversation. */
export interface Conversation {
  readonly key: ConversationKey;
  readonly name: string;
  /** Every attempt of each turn id, in order. */
  readonly attempts: ReadonlyMap<string, readonly TurnCall[]>;
  readonly gets: readonly GetCall[];
  readonly ends: readonly EndCall[];
  readonly stops: readonly StopCall[];
  readonly agentCalls: readonly AgentCall[];
  readonly commits: readonly Commit[];
  readonly stored: StoredConversation | null;
}

/** A history and the final contents of Redis, by conversation. */
export interface Evidence {
  readonly history: History;
  readonly stored: Stored;
  readonly conversations: readonly Conversation[];
}

export function gatherEvidence(history: History, stored: Stored): Evidence {
  const keys = new Map<string, ConversationKey>();
  for (const { key } of history.calls) keys.set(nameOf(key), key);
  for (const { key } of stored.conversations.values()) keys.set(nameOf(key), key);
  const calls = groupBy(history.calls, ({ key }) => nameOf(key));
  const agentCalls = groupBy(agentCallsOf(history), ({ key }) => nameOf(key));
  const commits = groupBy(commitsOf(history), ({ key }) => nameOf(key));
  const conversations = [...keys].map(([name, key]): Conversation => {
    const own = (calls.get(name) ?? []).toSorted((left, right) => left.startedAt - right.startedAt);
    return {
      key,
      name,
      attempts: groupBy(own.filter(isTurn), ({ request }) => request.turnId),
      gets: own.filter(isGet),
      ends: own.filter(isEnd),
      stops: own.filter(isStop),
      agentCalls: agentCalls.get(name) ?? [],
      commits: commits.get(name) ?? [],
      stored: stored.conversations.get(name) ?? null,
    };
  });
  return { history, stored, conversations };
}

function isTurn(call: Call): call is TurnCall {
  return call.request.op === 'turn';
}

function isGet(call: Call): call is GetCall {
  return call.request.op === 'get';
}

function isStop(call: Call): call is StopCall {
  return call.request.op === 'stop';
}

function isEnd(call: Call): call is EndCall {
  return call.request.op === 'end';
}
