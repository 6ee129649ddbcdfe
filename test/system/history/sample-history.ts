import { identities, nameOf, secretOf } from './actors.ts';
import type { Call, History, Outcome, Request, ServerProcess, WhenBusy } from './history.ts';
import type { JournalEntry } from './journal.ts';
import { settingsUnderTest } from './settings-under-test.ts';
import type { LogEntry, Stored, StoredConversation } from './stored.ts';
import { writeWords } from './turn-text.ts';
import type { Words } from './turn-text.ts';

const [identity] = identities;
if (identity === undefined) throw new Error('there is nobody');

export const key = { ...identity, conversationId: 'main-0' };
export const conversation = nameOf(key);

type Timed = ServerProcess['journal'][number];

/** A history made by hand, with only the events that a test names. */
export interface Sample {
  readonly calls: readonly Call[];
  readonly journals: readonly (readonly Timed[])[];
  readonly stored: StoredConversation;
}

export function historyOf({ calls, journals, stored }: Sample): { history: History; stored: Stored } {
  const processes = journals.map((journal, server): ServerProcess => ({
    server,
    instance: `${server}.0`,
    endedAt: null,
    crash: null,
    journal,
  }));
  return {
    history: {
      calls,
      faults: [],
      processes,
      immortalKeys: [],
      unfreedLeases: [],
      settings: settingsUnderTest,
    },
    stored: { conversations: new Map([[conversation, stored]]), immortalKeys: [] },
  };
}

export function words(turnId: string): Words {
  const secret = secretOf(key);
  return { turnId, secret, field: 'red', value: `${secret} ${turnId}`, variant: 0, directive: null };
}

interface At {
  readonly server: number;
  readonly from: number;
  readonly to: number;
}

export function turnCall(turnId: string, at: At, outcome: Outcome, whenBusy: WhenBusy = 'reject'): Call {
  return call({ op: 'turn', turnId, form: 'words', words: words(turnId), whenBusy }, at, outcome);
}

interface End {
  readonly purge: boolean;
  /** @default 'reject' */
  readonly whenBusy?: WhenBusy;
}

export function endCall({ purge, whenBusy = 'reject' }: End, at: At, outcome: Outcome): Call {
  return call({ op: 'end', purge, whenBusy }, at, outcome);
}

export function call(request: Request, { server, from, to }: At, outcome: Outcome): Call {
  return { key, request, server, startedAt: from, endedAt: to, outcome };
}

export function refusal(reason: string, status = 409, message = reason): Outcome {
  return { kind: 'refused', status, reason, message, isOutcomeUnknown: false };
}

/** The outcome of a call whose commit was sent and whose reply was lost. */
export const outcomeUnknown: Outcome = {
  kind: 'refused',
  status: 503,
  reason: 'STATE_STORE_UNAVAILABLE',
  message: 'it may have taken effect',
  isOutcomeUnknown: true,
};

/** A stored turn: number `number`, answered by the agent call `agentCall`. */
export function entry(number: number, turnId: string, agentCall: string): LogEntry {
  const sent = words(turnId);
  return {
    id: `${number}-0`,
    record: {
      turnId,
      messages: [
        { role: 'user', text: writeWords(sent) },
        { role: 'assistant', text: agentCall },
      ],
      workflowState: {
        status: 'active',
        turnCount: number,
        collected: { red: sent.value },
        openedAt: 1,
        updatedAt: number,
        expiresAt: 10,
      },
      turn: { number, parse: 'structured', collected: { red: sent.value } },
    },
  };
}

export function answer({ record }: LogEntry, replayed = false): Outcome {
  const { messages, workflowState, ...rest } = record;
  return {
    kind: 'answered',
    answer: {
      ...rest,
      conversationId: key.conversationId,
      replayed,
      latencyMs: 1,
      timings: {},
      messages: messages.filter(({ role }) => role === 'assistant'),
      workflowState: {
        ...workflowState,
        openedAt: new Date(1),
        updatedAt: new Date(workflowState.updatedAt),
        expiresAt: new Date(10),
      },
    },
  };
}

export function view(log: readonly LogEntry[]): Outcome {
  const workflowState = log.at(-1)?.record.workflowState;
  return {
    kind: 'answered',
    answer: { workflowState, messages: log.flatMap(({ record }) => record.messages) },
  };
}

export function storedOf(log: readonly LogEntry[]): StoredConversation {
  const last = log.at(-1)?.record.workflowState;
  return {
    key,
    state: {
      revision: log.length,
      status: 'active',
      turnCount: log.length,
      collected: last?.collected ?? {},
    },
    log,
    first: 1,
    turnIds: new Map(log.map(({ record }) => [record.turnId, record.turn.number])),
    text: '',
  };
}

interface Asked {
  readonly turnId: string;
  readonly number: number;
  readonly call: string;
  readonly memory: string;
  /** The collected fields that the agent was given. */
  readonly collected: Readonly<Record<string, string>>;
}

/** The journal of a turn's server, from the lease to the agent's answer. */
export function askedJournal(
  asked: Asked,
  { from, to }: { readonly from: number; readonly to: number },
): Timed[] {
  const { turnId, number, call: agentCall, memory, collected } = asked;
  return [
    at(from, { type: 'event', event: 'turn.started', turnId, turnNumber: number, ...key }),
    at(from, {
      type: 'agent.asked',
      call: agentCall,
      agentConversationId: memory,
      turnId,
      turnNumber: number,
      mood: 'quick',
      collected: { ...collected },
      strangers: [],
      ...key,
    }),
    at(to, { type: 'agent.done', call: agentCall, how: 'answered', data: { red: words(turnId).value } }),
  ];
}

export function commitJournal(
  turnId: string,
  { from, to }: { readonly from: number; readonly to: number },
): Timed[] {
  return [
    at(from, { type: 'point', point: 'commit-due', turnId, ...key }),
    at(to, { type: 'event', event: 'turn.committed', turnId, ...key }),
  ];
}

export function at(moment: number, journaled: JournalEntry): Timed {
  return { at: moment, entry: journaled };
}
