import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../contract/message.ts';
import { stepStates } from '../../../contract/workflow-state.ts';
import type { OpenField, SuggestedInput } from '../../../contract/workflow-state.ts';
import { limits } from '../../../server/domain/limits.ts';
import type { TurnRecord } from '../../../server/domain/result.ts';
import type { ConversationState } from '../../../server/domain/state.ts';
import {
  readStoredConversation,
  readTranscriptTurn,
  readTurnRecord,
  storedFormat,
  storedState,
} from '../../../server/domain/stored-conversation.ts';
import type { StoredTurn } from '../../../server/domain/stored-conversation.ts';
import { appendTurn, storedLog } from '../../../server/domain/turn-log.ts';
import type { TurnLog } from '../../../server/domain/turn-log.ts';
import { viewState } from '../../../server/domain/view.ts';
import { seededRandom } from '../../system/history/random.ts';
import type { Random } from '../../system/history/random.ts';
import { key, saidIn, turnCommit } from '../../redis/store/sample-turns.ts';
import { randomJson, randomObject } from './random-json.ts';

const seed = Number(process.env['STORED_SEED'] ?? randomInt(2 ** 31));

/** A log with the state beside it, as a store keeps them: texts alone. */
class Conversation {
  readonly entries: StoredTurn[] = [];
  readonly records: TurnRecord[] = [];
  readonly keep: number;
  state: ConversationState | null = null;
  log: TurnLog | null = null;

  constructor(keep = 1_000_000) {
    this.keep = keep;
  }

  commit(next: (state: ConversationState) => { state: ConversationState; record: TurnRecord }): void {
    const { state, record } = next(turnCommit('lease', this.state).state);
    const { text: entry, whole, log } = appendTurn(this.log, state, record, this.keep);
    const { turnId } = record;
    this.entries.push({ number: record.turn.number, text: entry, whole, turnId, format: storedFormat });
    this.records.push(JSON.parse(JSON.stringify(record)) as TurnRecord);
    const { incarnation, revision, committedBy } = state;
    const stored = { incarnation, revision, committedBy, format: storedFormat };
    const text = JSON.stringify({ ...stored, ...storedState(state, storedLog(log, state)) });
    ({ state: this.state, log: this.log } = readStoredConversation(key, text));
  }

  /** Puts back what an earlier version left. */
  restore(text: string, entries: readonly string[]): void {
    ({ state: this.state, log: this.log } = readStoredConversation(key, text));
    for (const [index, entry] of entries.entries()) {
      const number = index + 1;
      this.entries.push({ number, text: entry, whole: 1, turnId: `turn-${number}`, format: 2 });
    }
  }

  read(number: number): TurnRecord {
    const entry = this.entry(number);
    const before = this.entries.filter(
      (each) => each.number >= (entry.whole ?? 0) && each.number < number && entry.whole !== number,
    );
    return readTurnRecord(key, entry, before, this.log?.view ?? null);
  }

  entry(number: number): StoredTurn {
    const entry = this.entries[number - 1];
    if (entry === undefined) throw new Error(`there is no turn ${number}`);
    return entry;
  }
}

/**
 * A turn of any shape, on top of a state: most often as the orchestrator makes one, sometimes unlike any that it makes.
 */
function randomTurn(random: Random, before: ConversationState) {
  const number = before.turnCount;
  const steps = ['trip', 'visa', 'confirm'];
  const from = before.progress.currentStep;
  const to = random.chance(0.7) ? from : random.pick(steps);
  const changed = random.chance(0.6) ? randomObject(random, 2) : {};
  const collected = Object.fromEntries(
    Object.entries({ ...before.collected, ...changed }).filter(([, value]) => value !== null),
  );
  const progress = {
    currentStep: to,
    stepNumber: random.int(1, 3),
    totalSteps: 3,
    completedSteps: random.int(0, 3),
    percentComplete: random.int(0, 100),
    fieldsCollected: random.int(0, 2),
    fieldsRequired: 3,
    steps: steps
      .slice(0, random.chance(0.9) ? 3 : 2)
      .map((id) => ({ id, title: id.toUpperCase(), state: random.pick(stepStates) })),
  };
  const state: ConversationState = {
    ...before,
    // A migration may change fields of which no turn tells.
    collected: random.chance(0.9) ? collected : randomObject(random, 2),
    definitionVersion: random.chance(0.95) ? before.definitionVersion : before.definitionVersion + 1,
    status: random.chance(0.97) ? 'active' : 'completed',
    updatedAt: before.updatedAt + random.int(0, 100_000),
    progress,
  };
  if (random.chance(0.05)) Object.assign(state, { outcome: 'completed' });
  const open = randomOpen(random);
  const suggestedInput = random.pick<SuggestedInput>([
    { type: 'text' },
    { type: 'confirmation' },
    { type: 'none' },
    ...open,
    ...open,
  ]);
  const expiresAt = state.updatedAt + random.pick([3_600_000, 3_600_000, 7_200_000]);
  const view = viewState(state, { progress, suggestedInput, open, expiresAt });
  const record: TurnRecord = {
    turnId: `turn-${number}`,
    workflowId: 'survey',
    messages: randomMessages(random, number),
    extractedPayload: random.chance(0.5)
      ? null
      : {
          source: random.pick(['value', 'text', 'card']),
          confidence: random.pick(['high', 'low']),
          data: random.chance(0.6) ? changed : randomObject(random, 2),
        },
    // Sometimes the state does not tell the view.
    workflowState: random.chance(0.9) ? view : { ...view, collected: randomObject(random, 2) },
    progress: random.chance(0.95) ? progress : { ...progress, stepNumber: 7 },
    turn: {
      number,
      stateChanged: random.chance(0.5),
      collected: changed,
      rejected: random.chance(0.2) ? [{ field: 'note', issues: ['too long'] }] : [],
      ignored: random.chance(0.1) ? ['what'] : [],
      step: { from: random.chance(0.9) ? from : 'elsewhere', to },
      action: random.pick(['ask', 'confirm', null]),
      parse: random.pick(['structured', 'passthrough', 'invalid']),
      parseIssues: random.chance(0.1) ? ['step: unknown'] : [],
      citations: random.chance(0.1) ? ['https://example.org/'] : [],
    },
  };
  return { state, record };
}

/** Open fields in any order, some of them with another control than before. */
function randomOpen(random: Random): OpenField[] {
  return ['note', 'visa', 'days']
    .flatMap((): OpenField[] => {
      const field = random.pick(['note', 'visa', 'days']);
      if (random.chance(0.4)) return [];
      const choices = random.chance(0.5) ? {} : { choices: [{ value: 'have', title: 'I have one' }] };
      return [{ type: 'choice', field, title: field, required: random.chance(0.8), ...choices }];
    })
    .filter(({ field }, place, all) => all.findIndex((each) => each.field === field) === place);
}

function randomMessages(random: Random, turn: number): Message[] {
  const messages: Message[] = random.chance(0.8)
    ? [{ id: `${turn}.0`, role: 'user', turn, kind: 'text', text: 'hello', format: 'plain' }]
    : [];
  for (let index = 1; index <= random.int(0, 3); index += 1) {
    const base = { id: `${turn}.${index}`, role: 'assistant', turn } as const;
    messages.push(
      random.chance(0.7)
        ? { ...base, kind: 'text', text: 'half \ud83d', format: random.pick(['markdown', 'plain']) }
        : { ...base, kind: 'card', cardId: `card-${turn}.${index}`, card: randomJson(random) },
    );
  }
  return messages;
}

/** Two turns of a conversation, as a server of format 2 left them. */
const ofFormat2 = {
  entries: [
    '{"at":2000,"step":"rating","turn":{"stateChanged":[false],"collected":{"note":["first"]},"parse":["passthrough"]},' +
      '"agent":[{"text":["answer 1"],"format":0}],"view":{"workflowId":["survey"],"workflowState":{"openedAt":[1000],' +
      '"expiresAt":[3000],"suggestedInput":{"type":["choice"],"field":["visa"],"choices":[["have","need"]]}}}}',
    '{"at":2000,"step":"rating","turn":{"stateChanged":[false],"collected":{"note":["first"],"rating":[4]},' +
      '"parse":["passthrough"]},"agent":[{"text":["answer 2"],"format":0}],' +
      '"view":{"workflowState":{"suggestedInput":{"type":["text"],"field":["rest"],"choices":0}}}}',
  ],
  state:
    '{"incarnation":"incarnation-1","revision":2,"committedBy":"token-2","format":2,"log":{"first":1,"shown":1,' +
    '"viewed":2,"whole":1,"changes":261,"view":{"expiresAt":3000,"suggestedInput":{"type":"text","field":"rest"}}},' +
    '"workflowId":"survey","definitionVersion":1,"status":"active","collected":{"note":"first","rating":4},' +
    '"passedSteps":[],"awaitsConfirmation":false,"turnCount":2,"agentConversationId":null,"agentName":null,' +
    '"progress":{"currentStep":"rating","stepNumber":1,"totalSteps":1,"completedSteps":0,"percentComplete":0},' +
    '"openedAt":1000,"updatedAt":2000,"cards":[]}',
};

describe('the log of a conversation (I4, I9)', () => {
  it(`tells every turn exactly as it was, for any turns (STORED_SEED=${seed})`, () => {
    for (let round = 0; round < 4; round += 1) {
      const random = seededRandom(seed + round);
      const conversation = new Conversation();
      for (let count = 0; count < 150; count += 1) conversation.commit((state) => randomTurn(random, state));
      for (const [index, record] of conversation.records.entries()) {
        const says = `STORED_SEED=${seed}, round ${round}, turn ${index + 1}`;
        expect(conversation.read(index + 1), says).toEqual(record);
        expect(readTranscriptTurn(key, conversation.entry(index + 1)), says).toEqual(saidIn(record));
      }
    }
  });

  const plainTurn = (words: string) => (state: ConversationState) => {
    const { record } = turnCommit('lease', { ...state, turnCount: state.turnCount - 1 }, { words }).turn;
    return { state, record };
  };

  it('is whole in its first entry, and again after so many changes', () => {
    const conversation = new Conversation();
    for (let count = 0; count < 2 * limits.logChanges + 3; count += 1) conversation.commit(plainTurn('x'));
    const whole = conversation.entries.filter((entry) => entry.whole === entry.number);
    const apart = limits.logChanges + 1;
    expect(whole.map(({ number }) => number)).toEqual([1, 1 + apart, 1 + 2 * apart]);
  });

  it('is whole again after large changes, so that few bytes are read for one turn', () => {
    const conversation = new Conversation();
    const words = 'x'.repeat(limits.logChangesChars / 3);
    for (let count = 0; count < 9; count += 1) conversation.commit(plainTurn(words));
    const whole = conversation.entries.filter((entry) => entry.whole === entry.number);
    expect(whole.map(({ number }) => number)).toEqual([1, 5, 9]);
  });

  it('keeps every entry from which a shown turn is told, and forgets the others a few at a time', () => {
    const keep = 5;
    const conversation = new Conversation(keep);
    let first = 1;
    for (let count = 1; count <= 4 * limits.logChanges; count += 1) {
      conversation.commit(plainTurn('x'));
      const { log } = conversation;
      if (log === null) throw new Error('there is a log');
      expect(log.shown).toBe(Math.max(1, count - keep + 1));
      for (let number = log.shown; number <= count; number += 1)
        expect(conversation.entry(number).whole).toBeGreaterThanOrEqual(log.first);
      expect(count - log.first).toBeLessThan(keep + limits.logChanges);
      expect(log.first - first).toBeLessThanOrEqual(limits.forgottenAtOnce);
      first = log.first;
    }
    expect(first).toBeGreaterThan(1);
  });

  it('shows no turn again that it has hidden, because its entries may be gone', () => {
    const conversation = new Conversation(2);
    for (let count = 0; count < 10; count += 1) conversation.commit(plainTurn('x'));
    const { log, state } = conversation;
    if (state === null) throw new Error('there is a state');
    const next = turnCommit('lease', state);
    expect(appendTurn(log, next.state, next.turn.record, 500).log.shown).toBe(9);
  });

  it('takes a few bytes for a step that is done and a field that is open no more', () => {
    const steps = Array.from({ length: 50 }, (_, number) => ({
      id: `step-${number}`,
      title: `The title of step number ${number}`,
      state: number === 0 ? ('current' as const) : ('ahead' as const),
    }));
    const choices = Array.from({ length: 200 }, (_, number) => ({
      value: `${number}`,
      title: `Choice ${number}`,
    }));
    const [first, second] = ['first', 'second'].map((field): OpenField => ({
      ...{ type: 'choice', field, title: field, required: true, choices },
    }));
    if (first === undefined || second === undefined) throw new Error('there are two fields');
    const viewed = (state: ConversationState, open: OpenField[], done: number) => {
      const { record } = turnCommit('lease', { ...state, turnCount: state.turnCount - 1 }).turn;
      const progress = {
        ...state.progress,
        steps: steps.map((step, place) => (place < done ? { ...step, state: 'done' as const } : step)),
      };
      const changed = open.length === 2 ? {} : { first: '7' };
      const after = { ...state, progress, collected: { ...state.collected, ...changed } };
      const suggestedInput = open[0] ?? { type: 'text' as const };
      const workflowState = viewState(after, { progress, suggestedInput, open, expiresAt: 3_000 });
      const turn = { ...record.turn, collected: changed };
      return { state: after, record: { ...record, workflowState, progress, turn } };
    };
    const conversation = new Conversation();
    conversation.commit((state) => viewed(state, [first, second], 0));
    conversation.commit((state) => viewed(state, [second], 1));
    const [whole, change] = conversation.entries;
    expect(whole?.text.length).toBeGreaterThan(5_000);
    expect(change?.text.length).toBeLessThan(350);
  });

  it('tells the turns of format 2 with empty lists for what it did not have, and goes on from them', () => {
    const conversation = new Conversation();
    conversation.restore(ofFormat2.state, ofFormat2.entries);
    const [first, second] = [conversation.read(1), conversation.read(2)];
    expect(first.workflowState).toMatchObject({
      open: [],
      suggestedInput: { field: 'visa', choices: [{ value: 'have', title: 'have' }, { value: 'need' }] },
    });
    expect(first.progress).toMatchObject({ steps: [], fieldsCollected: 0, fieldsRequired: 0 });
    expect(second.workflowState.suggestedInput).toEqual({ type: 'text', field: 'rest' });
    const random = seededRandom(seed);
    for (let count = 0; count < 10; count += 1) conversation.commit((state) => randomTurn(random, state));
    expect(conversation.entries[2]?.whole).toBe(1);
    expect(conversation.read(1)).toEqual(first);
    expect(conversation.read(2)).toEqual(second);
    for (const [index, record] of conversation.records.entries())
      expect(conversation.read(index + 3)).toEqual(record);
  });

  it('is whole after a state that does not tell the last turn, such as one of format 1', () => {
    const { state, turn } = turnCommit('lease', turnCommit('lease', null).state);
    expect(appendTurn(null, state, turn.record, 500)).toMatchObject({
      whole: 2,
      log: { first: 1, whole: 2 },
    });
  });
});
