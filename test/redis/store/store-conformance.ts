import { describe, expect, it } from 'vitest';
import type { ConversationKey } from '../../../server/domain/identity.ts';
import { limits } from '../../../server/domain/limits.ts';
import type { TurnRecord } from '../../../server/domain/result.ts';
import { storedFormat } from '../../../server/domain/stored-conversation.ts';
import type { Lease } from '../../../server/orchestrator/ports/lease.ts';
import type { ListPosition, LoadRequest } from '../../../server/orchestrator/ports/workflow-state-store.ts';
import {
  allTurns,
  commitTurn,
  endCommit,
  justTheLease,
  key,
  look,
  newTicket,
  nothing,
  saidIn,
  stateOf,
  takeLease,
  turnCommit,
  unheard,
} from './sample-turns.ts';
import type { Stores } from './sample-turns.ts';

interface StoreUnderTest extends Stores, AsyncDisposable {
  /** Lets the list's time pass, so that the next activity is newer. */
  readonly pass: () => Promise<void>;
  /** Makes conversations of `key`'s user, all last active at the same time. */
  readonly level: (ids: readonly string[]) => Promise<void>;
  /** Replaces the state by a text. */
  readonly damageState: (of: ConversationKey, text: string) => Promise<void>;
  /** Replaces the log's entries by texts, from turn 1 on. */
  readonly damageLog: (of: ConversationKey, texts: readonly string[]) => Promise<void>;
  /** Replaces the text of one log entry, and leaves the rest of it. */
  readonly damageEntry: (of: ConversationKey, number: number, text: string) => Promise<void>;
  /** The conversation's remaining life, in milliseconds. */
  readonly lifeOf: (of: ConversationKey) => Promise<number>;
  /** Shortens the life of the conversation to so many milliseconds. */
  readonly shorten: (of: ConversationKey, leftMs: number) => Promise<void>;
}

type MakeStore = (limits: { readonly transcriptMaxTurns: number }) => Promise<StoreUnderTest>;

/** Commits so many turns, each of these words. */
async function commitTurns(world: StoreUnderTest, count: number, words = 'said'): Promise<TurnRecord[]> {
  const records: TurnRecord[] = [];
  for (let number = 1; number <= count; number += 1)
    records.push((await commitTurn(world, key, { words })).turn.record);
  return records;
}

/** The promises of the `WorkflowStateStore` port, which every adapter keeps. */
export function describeStoreConformance(name: string, makeStore: MakeStore): void {
  const open = () => makeStore({ transcriptMaxTurns: 500 });
  const idOf = (conversationId: string): ConversationKey => ({ ...key, conversationId });
  const load = (stores: Stores, turnId: string | null = null) => look(stores, key, { turnId, opens: false });

  describe(`${name}: loading`, () => {
    it('finds nothing of a conversation that never existed', async () => {
      await using world = await open();
      expect(await load(world, 'turn-1')).toEqual(nothing);
      expect(await world.store.read(key, allTurns)).toBeNull();
    });

    it('tells under whose lease it was loaded', async () => {
      await using world = await open();
      const lease = await takeLease(world);
      expect((await load(world)).leaseToken).toBe(lease.token);
      await lease.release(unheard);
      expect((await load(world)).leaseToken).toBeNull();
    });

    it('finds the state as it was committed, whatever text JSON can hold, and takes a commit on top', async () => {
      await using world = await open();
      const collected = {
        quotes: '"\\"\'',
        lines: 'one\r\n\u2028two',
        nul: '\u0000',
        emoji: '👩‍💻',
        halfAnEmoji: 'cut \ud83d',
        forged: '{"incarnation":"x","revision":9,"committedBy":"y"}',
        nested: { '\udc00': [null, true, 1.5e300, -0.1, { deeper: [[[[]]]] }] },
      };
      const first = await commitTurn(world, key, { collected, words: 'half \ud83d' });
      expect((await load(world)).state).toEqual(first.state);
      const second = await commitTurn(world);
      expect((await load(world)).state).toEqual(second.state);
      expect(second.state.collected).toEqual(collected);
      const said = [first, second].map(({ turn }) => saidIn(turn.record));
      expect((await world.store.read(key, allTurns))?.turns).toEqual(said);
    });
  });

  describe(`${name}: turn ids`, () => {
    it('finds a used turn id with its number, its digest and its whole record', async () => {
      await using world = await open();
      await commitTurn(world);
      const { turn } = await commitTurn(world, key, { turnId: 'the-second' });
      await commitTurn(world);
      expect((await load(world, 'the-second')).committedTurn).toEqual({
        turnNumber: 2,
        inputDigest: turn.inputDigest,
        record: turn.record,
      });
    });

    it('knows no turn id that was not used, and looks none up when none is asked for', async () => {
      await using world = await open();
      await commitTurn(world, key, { turnId: 'used' });
      expect((await load(world, 'unused')).committedTurn).toBeNull();
      expect((await load(world, null)).committedTurn).toBeNull();
    });

    it('still knows a turn id whose record has left the transcript', async () => {
      await using world = await makeStore({ transcriptMaxTurns: 2 });
      for (let number = 1; number <= 4; number += 1) await commitTurn(world);
      expect((await load(world, 'turn-2')).committedTurn).toEqual({
        turnNumber: 2,
        inputDigest: 'digest-of-turn-2',
        record: null,
      });
      expect((await load(world, 'turn-3')).committedTurn).toMatchObject({ record: { turn: { number: 3 } } });
    });
  });

  describe(`${name}: the record of a turn (I4)`, () => {
    const recordOf = async (world: Stores, turnId: string): Promise<TurnRecord | null> => {
      const { committedTurn } = await load(world, turnId);
      if (committedTurn === null || committedTurn === 'forgotten') throw new Error(`${turnId} was not found`);
      return committedTurn.record;
    };
    /** Commits turns that set a field, change it or clear it, and two that change nothing. */
    const commitChanging = async (world: Stores, count: number): Promise<TurnRecord[]> => {
      const records: TurnRecord[] = [];
      for (let number = 1; number <= count; number += 1) {
        const change =
          number % 4 < 2 ? {} : { collected: { note: `note ${number}`, [`f${number % 3}`]: number } };
        records.push((await commitTurn(world, key, change)).turn.record);
      }
      return records;
    };

    it('is what it was, however many turns have followed and wherever its entry lies', async () => {
      await using world = await open();
      const records = await commitChanging(world, limits.logChanges + 12);
      for (const record of records) expect(await recordOf(world, record.turnId)).toEqual(record);
    });

    it('is what it was for a follower, from any turn on', async () => {
      await using world = await open();
      const records = await commitChanging(world, limits.logChanges + 8);
      const last = records.length;
      for (const after of [0, 1, 30, limits.logChanges, limits.logChanges + 1, last - 2, last - 1]) {
        const found = await world.store.readAfter(key, { after, limit: 5 });
        expect(found?.turns).toEqual(records.slice(after, after + 5));
      }
    });

    it('is what it was after the end, which changes the state and adds no turn', async () => {
      await using world = await open();
      const records = await commitChanging(world, 7);
      const lease = await takeLease(world);
      const { state, log } = await load(world);
      if (state === null) throw new Error('there was expected to be a conversation');
      expect(await world.store.commit(key, { ...endCommit(lease.token, state), log })).toBe('committed');
      lease.stop();
      for (const record of records) expect(await recordOf(world, record.turnId)).toEqual(record);
      expect((await world.store.readAfter(key, { after: 6, limit: 5 }))?.turns).toEqual(records.slice(6));
    });

    it('is kept for every turn that the transcript shows, and for no other', async () => {
      await using world = await makeStore({ transcriptMaxTurns: 3 });
      const records = await commitChanging(world, 2 * limits.logChanges);
      for (const record of records.slice(-3)) expect(await recordOf(world, record.turnId)).toEqual(record);
      for (const record of records.slice(-10, -3)) expect(await recordOf(world, record.turnId)).toBeNull();
      const following = await world.store.readAfter(key, { after: 0, limit: 10 });
      expect(following?.turns).toEqual(records.slice(-3));
    });

    it('is unreadable where an entry from which it is told is damaged; what was said is not, and a turn goes on', async () => {
      await using world = await open();
      const records = await commitChanging(world, 4);
      await world.damageEntry(key, 2, '{"at":1}');
      for (const turnId of ['turn-2', 'turn-3'])
        expect((await load(world, turnId)).unreadable).toMatchObject({ reason: 'CONVERSATION_UNREADABLE' });
      await expect(world.store.readAfter(key, { after: 2, limit: 1 })).rejects.toMatchObject({
        fault: 'damaged',
      });
      // The state tells the last one, and what was said is told by each entry alone.
      expect(await recordOf(world, 'turn-4')).toEqual(records[3]);
      expect(await recordOf(world, 'turn-1')).toEqual(records[0]);
      expect((await world.store.read(key, { turns: 2 }))?.turns).toEqual(records.slice(2).map(saidIn));
      expect((await commitTurn(world)).turn.record.turn.number).toBe(5);
    });
  });

  describe(`${name}: turn ids of long ago (I4)`, () => {
    it('are known for ever, without number, digest and record, and no new id is taken for one', async () => {
      await using world = await makeStore({ transcriptMaxTurns: 1 });
      const turns = limits.logChanges + 20;
      await commitTurns(world, turns);
      const known = async (number: number) => (await load(world, `turn-${number}`)).committedTurn;
      for (let number = 1; number < 20; number += 1) expect(await known(number)).toBe('forgotten');
      for (let number = 20; number < turns; number += 1)
        expect(await known(number)).toMatchObject({ turnNumber: number, record: null });
      expect(await known(turns)).toMatchObject({ record: { turn: { number: turns } } });
      for (let number = turns + 1; number < turns + 200; number += 1) expect(await known(number)).toBeNull();
    });

    it('are forgotten with a purge', async () => {
      await using world = await makeStore({ transcriptMaxTurns: 1 });
      await commitTurns(world, limits.logChanges + 5);
      expect((await load(world, 'turn-1')).committedTurn).toBe('forgotten');
      const { token } = await takeLease(world);
      const loaded = await stateOf(world);
      expect(await world.store.purge(key, { leaseToken: token, loaded })).toBe('committed');
      expect((await load(world, 'turn-1')).committedTurn).toBeNull();
    });
  });

  describe(`${name}: reading the transcript`, () => {
    const numbersOf = async ({ store }: Stores, page: { turns: number; upTo?: number }) =>
      (await store.read(key, page))?.turns.map(({ turn }) => turn.number);

    it('gives the newest turns, oldest first, and no more than were asked for', async () => {
      await using world = await open();
      for (let number = 1; number <= 5; number += 1) await commitTurn(world);
      expect(await numbersOf(world, { turns: 2 })).toEqual([4, 5]);
      expect(await numbersOf(world, { turns: 5 })).toEqual([1, 2, 3, 4, 5]);
      expect(await numbersOf(world, { turns: 50 })).toEqual([1, 2, 3, 4, 5]);
    });

    it('gives the turns up to a number, and always the last turn beside them', async () => {
      await using world = await open();
      for (let number = 1; number <= 5; number += 1) await commitTurn(world);
      expect(await numbersOf(world, { turns: 2, upTo: 3 })).toEqual([2, 3]);
      expect(await numbersOf(world, { turns: 2, upTo: 1 })).toEqual([1]);
      expect(await numbersOf(world, { turns: 2, upTo: 0 })).toEqual([]);
      expect(await numbersOf(world, { turns: 2, upTo: 99 })).toEqual([4, 5]);
      const page = await world.store.read(key, { turns: 1, upTo: 2 });
      expect(page?.lastTurn?.turn.number).toBe(5);
      expect(page?.state).toEqual(await stateOf(world));
    });

    it('gives fewer where they are large, but always the newest that was asked for', async () => {
      await using world = await open();
      const text = 'x'.repeat(limits.loadedTurnsBytes / 3);
      await commitTurns(world, 4, text);
      await commitTurns(world, 1, text.repeat(4));
      expect(await numbersOf(world, { turns: 5 })).toEqual([5]);
      expect(await numbersOf(world, { turns: 5, upTo: 4 })).toEqual([3, 4]);
      expect((await world.store.read(key, { turns: 5, upTo: 2 }))?.lastTurn?.turn.number).toBe(5);
    });

    it('keeps as many turns as the transcript may hold, the newest ones', async () => {
      await using world = await makeStore({ transcriptMaxTurns: 3 });
      for (let number = 1; number <= 7; number += 1) await commitTurn(world);
      expect(await numbersOf(world, { turns: 100 })).toEqual([5, 6, 7]);
      expect((await stateOf(world)).turnCount).toBe(7);
    });
  });

  describe(`${name}: following the transcript`, () => {
    it('returns the turns after a given one, oldest first, so many at a time', async () => {
      await using world = await open();
      const following = async (after: number, limit: number) =>
        (await world.store.readAfter(key, { after, limit }))?.turns.map(({ turn }) => turn.number);
      expect(await following(0, 10)).toBeUndefined();
      for (let number = 1; number <= 5; number += 1) await commitTurn(world);
      expect(await following(0, 2)).toEqual([1, 2]);
      expect(await following(2, 2)).toEqual([3, 4]);
      expect(await following(4, 2)).toEqual([5]);
      expect(await following(5, 2)).toEqual([]);
      expect(await following(99, 2)).toEqual([]);
      expect(await following(0, 0)).toEqual([]);
      const { state } = (await world.store.readAfter(key, { after: 5, limit: 1 })) ?? {};
      expect(state).toEqual(await stateOf(world));
    });

    it('hands over fewer where they are large, but always the next one', async () => {
      await using world = await open();
      const text = 'x'.repeat(limits.loadedTurnsBytes / 3);
      const records = [
        ...(await commitTurns(world, 3, text)),
        ...(await commitTurns(world, 1, text.repeat(4))),
      ];
      const following = async (after: number) =>
        (await world.store.readAfter(key, { after, limit: 10 }))?.turns;
      expect(await following(0)).toEqual(records.slice(0, 2));
      expect(await following(2)).toEqual(records.slice(2, 3));
      expect(await following(3)).toEqual(records.slice(3));
    });
  });

  describe(`${name}: committing (I2, I3)`, () => {
    it('stores state and turn and frees the lease', async () => {
      await using world = await open();
      const commit = await commitTurn(world);
      const after = await load(world, commit.turn.record.turnId);
      expect(after).toMatchObject({
        leaseToken: null,
        state: commit.state,
        committedTurn: { turnNumber: 1 },
      });
    });

    it('stores an end without adding a turn', async () => {
      await using world = await open();
      const { turn } = await commitTurn(world);
      const lease = await takeLease(world);
      const end = endCommit(lease.token, await stateOf(world));
      expect(await world.store.commit(key, end)).toBe('committed');
      expect(await world.store.read(key, allTurns)).toEqual({
        state: end.state,
        lastTurn: saidIn(turn.record),
        turns: [saidIn(turn.record)],
      });
      expect((await load(world)).leaseToken).toBeNull();
    });

    it('answers the same commit, sent again, the same, and does nothing twice', async () => {
      await using world = await open();
      await commitTurn(world);
      const again = await commitTurn(world);
      const before = await world.store.read(key, allTurns);
      expect(await world.store.commit(key, again)).toBe('committed');
      expect(await world.store.read(key, allTurns)).toEqual(before);
      expect(before?.turns).toHaveLength(2);
    });

    it('leaves the next holder its lease when the commit before is sent again', async () => {
      await using world = await open();
      const sentTwice = await commitTurn(world);
      const next = await takeLease(world);
      expect(await world.store.commit(key, sentTwice)).toBe('committed');
      expect((await load(world)).leaseToken).toBe(next.token);
    });

    it('answers the same commit the same though others have committed since, and does nothing twice', async () => {
      await using world = await open();
      const sentTwice = await commitTurn(world, key, { collected: { rating: 1 } });
      await commitTurn(world, key, { collected: { rating: 2 } });
      const ending = await takeLease(world);
      const end = endCommit(ending.token, await stateOf(world));
      expect(await world.store.commit(key, end)).toBe('committed');
      ending.stop();
      const before = await world.store.read(key, allTurns);
      expect(await world.store.commit(key, sentTwice)).toBe('committed');
      expect(await world.store.commit(key, end)).toBe('committed');
      expect(await world.store.read(key, allTurns)).toEqual(before);
      const next = await takeLease(world);
      expect(await world.store.commit(key, sentTwice)).toBe('committed');
      expect(await world.store.commit(key, end)).toBe('committed');
      expect(await world.store.read(key, allTurns)).toEqual(before);
      expect((await load(world)).leaseToken).toBe(next.token);
    });

    it('does not take for the same commit one of another lease that has the same turn id', async () => {
      await using world = await open();
      const lost = await takeLease(world);
      const commit = turnCommit(lost.token, null, { turnId: 'the-turn', words: 'the first answer' });
      await lost.release(unheard);
      await commitTurn(world, key, { turnId: 'the-turn', words: 'the second answer' });
      const before = await world.store.read(key, allTurns);
      expect(await world.store.commit(key, commit)).toBe('lease-lost');
      expect(await world.store.read(key, allTurns)).toEqual(before);
    });

    it('refuses a holder whose lease was given back, and one whose lease another has', async () => {
      await using world = await open();
      await commitTurn(world);
      const before = await world.store.read(key, allTurns);
      const lost = await takeLease(world);
      const commit = turnCommit(lost.token, await stateOf(world));
      await lost.release(unheard);
      expect(await world.store.commit(key, commit)).toBe('lease-lost');
      const holder = await takeLease(world);
      expect(await world.store.commit(key, commit)).toBe('lease-lost');
      expect(await world.store.commit(key, { ...commit, guard: { ...commit.guard, leaseToken: '' } })).toBe(
        'lease-lost',
      );
      expect(await world.store.read(key, allTurns)).toEqual(before);
      expect((await load(world)).leaseToken).toBe(holder.token);
    });

    const outdated: { name: string; loaded: { incarnation: string; revision: number } | null }[] = [
      { name: 'an earlier revision', loaded: { incarnation: 'incarnation-1', revision: 1 } },
      { name: 'a later revision', loaded: { incarnation: 'incarnation-1', revision: 3 } },
      {
        name: 'a conversation of the same id that was there before',
        loaded: { incarnation: 'incarnation-0', revision: 2 },
      },
      { name: 'no conversation, where there is one by now', loaded: null },
    ];
    for (const { name: what, loaded } of outdated) {
      it(`refuses to commit on top of ${what}`, async () => {
        await using world = await open();
        await commitTurn(world);
        await commitTurn(world);
        const before = await world.store.read(key, allTurns);
        const lease = await takeLease(world);
        const commit = turnCommit(lease.token, await stateOf(world));
        const onTop = { ...commit, guard: { leaseToken: lease.token, loaded } };
        expect(await world.store.commit(key, onTop)).toBe('state-changed');
        expect(await world.store.read(key, allTurns)).toEqual(before);
        expect((await load(world)).leaseToken).toBe(lease.token);
      });
    }

    it('refuses to commit on top of a conversation that has vanished', async () => {
      await using world = await open();
      const lease = await takeLease(world);
      const commit = turnCommit(lease.token, null);
      const onTop = {
        ...commit,
        guard: { leaseToken: lease.token, loaded: { incarnation: 'incarnation-1', revision: 1 } },
      };
      expect(await world.store.commit(key, onTop)).toBe('state-changed');
      expect(await load(world, 'turn-1')).toMatchObject({
        leaseToken: lease.token,
        state: null,
        committedTurn: null,
      });
    });
  });

  describe(`${name}: purging`, () => {
    const purge = async (world: Stores) => {
      const lease = await takeLease(world);
      const guard = { leaseToken: lease.token, loaded: await stateOf(world) };
      return { guard, result: await world.store.purge(key, guard) };
    };

    it('leaves nothing of the conversation: no state, no transcript, no turn id, no lease, no place in the list', async () => {
      await using world = await open();
      await commitTurn(world);
      expect((await purge(world)).result).toBe('committed');
      expect(await load(world, 'turn-1')).toEqual(nothing);
      expect(await world.store.read(key, allTurns)).toBeNull();
      expect(await world.store.list(key, { limit: 10 })).toEqual({ conversations: [], next: null });
    });

    it('answers the same purge, sent again, the same', async () => {
      await using world = await open();
      await commitTurn(world);
      const { guard } = await purge(world);
      expect(await world.store.purge(key, guard)).toBe('committed');
    });

    it('makes room for a new conversation of the same id, which knows nothing of the old one', async () => {
      await using world = await open();
      await commitTurn(world, key, { turnId: 'old' });
      await commitTurn(world);
      const { guard } = await purge(world);
      const { turn } = await commitTurn(world, key, { turnId: 'new', incarnation: 'incarnation-2' });
      expect(turn.record.turn.number).toBe(1);
      expect((await load(world, 'old')).committedTurn).toBeNull();
      expect((await world.store.read(key, allTurns))?.turns).toEqual([saidIn(turn.record)]);
      expect(await world.store.purge(key, guard)).toBe('lease-lost');
    });

    it('is refused without the lease, and for another revision or incarnation; then all is still there', async () => {
      await using world = await open();
      await commitTurn(world);
      await commitTurn(world);
      const before = await world.store.read(key, allTurns);
      const state = await stateOf(world);
      expect(await world.store.purge(key, { leaseToken: 'nobody', loaded: state })).toBe('lease-lost');
      const { token } = await takeLease(world);
      expect(await world.store.purge(key, { leaseToken: 'nobody', loaded: state })).toBe('lease-lost');
      for (const loaded of [
        { ...state, revision: 1 },
        { ...state, incarnation: 'incarnation-0' },
      ]) {
        expect(await world.store.purge(key, { leaseToken: token, loaded })).toBe('state-changed');
      }
      expect(await world.store.read(key, allTurns)).toEqual(before);
      expect((await world.store.list(key, { limit: 10 })).conversations).toHaveLength(1);
    });
  });

  describe(`${name}: what can't be read (I12)`, () => {
    const unreadable = { reason: 'CONVERSATION_UNREADABLE', key };
    const lacking = (state: object, field: string) =>
      JSON.stringify(Object.fromEntries(Object.entries(state).filter(([name_]) => name_ !== field)));
    const states: Record<string, (state: object) => string> = {
      'no JSON': () => 'garbage',
      'nothing at all': () => '',
      null: () => 'null',
      'an empty object': () => '{}',
      'a list': () => '[]',
      'cut off': (state) => JSON.stringify(state).slice(0, -1),
      'without a field': (state) => lacking(state, 'progress'),
      'without its guard': (state) => lacking(state, 'incarnation'),
      'with a field of another type': (state) => JSON.stringify({ ...state, collected: 'all' }),
      'nested beyond reading': () => '['.repeat(200_000) + ']'.repeat(200_000),
    };
    for (const [what, damaged] of Object.entries(states)) {
      it(`says so of a state that is ${what}, keeps it no longer for it, and purges it`, async () => {
        await using world = await open();
        const { state, turn } = await commitTurn(world);
        await commitTurn(world, idOf('another'));
        await world.damageState(key, damaged(state));
        await world.shorten(key, 60_000);
        await expect(world.store.read(key, allTurns)).rejects.toMatchObject({
          ...unreadable,
          fault: 'damaged',
        });
        await expect(world.store.readAfter(key, { after: 0, limit: 0 })).rejects.toMatchObject(unreadable);
        for (const turnId of [null, turn.record.turnId, 'new']) {
          const loaded = await load(world, turnId);
          expect(loaded).toMatchObject({ state: null, committedTurn: null, unreadable: { ...unreadable } });
        }
        const listed = await world.store.list(key, { limit: 10 });
        expect(listed.conversations.map(({ conversationId }) => conversationId)).toEqual(['another']);
        expect(listed.unreadable).toMatchObject([unreadable]);
        expect(await world.lifeOf(key)).toBeLessThanOrEqual(60_000);
        const guard = { leaseToken: 'nobody', loaded: 'unreadable' } as const;
        expect(await world.store.purge(key, guard)).toBe('lease-lost');
        const { token } = await takeLease(world);
        expect((await load(world)).leaseToken).toBe(token);
        expect(await world.store.purge(key, { ...guard, leaseToken: token })).toBe('committed');
        expect(await load(world, turn.record.turnId)).toEqual(nothing);
      });
    }

    it('tells a state that a newer version wrote from a damaged one', async () => {
      await using world = await open();
      const { state } = await commitTurn(world);
      const { incarnation, revision, committedBy } = state;
      await world.damageState(
        key,
        JSON.stringify({
          incarnation,
          revision,
          committedBy,
          format: storedFormat + 1,
          sum: 'a',
          cipher: 'x',
        }),
      );
      await expect(world.store.read(key, allTurns)).rejects.toMatchObject({ ...unreadable, fault: 'newer' });
      expect((await load(world)).unreadable).toMatchObject({ fault: 'newer' });
    });

    it('reads a state of version a1ce3d2, which names no format, and keeps it like any other', async () => {
      await using world = await open();
      const { state } = await commitTurn(world);
      const { incarnation, revision, committedBy, ...rest } = state;
      await world.damageState(key, JSON.stringify({ incarnation, revision, committedBy, ...rest }));
      for (const read of [
        () => world.store.read(key, allTurns),
        () => world.store.readAfter(key, { after: 0, limit: 1 }),
        () => load(world),
      ]) {
        await world.shorten(key, 60_000);
        expect((await read())?.state).toEqual(state);
        expect(await world.lifeOf(key)).toBeGreaterThan(60_000);
      }
      expect((await commitTurn(world)).state.revision).toBe(2);
    });

    for (const text of ['garbage', '', 'null', '{}', '[]', '{"turnId":"turn-1"}']) {
      it(`says so of a log entry that is ${JSON.stringify(text)} where it is asked for; a turn needs none`, async () => {
        await using world = await open();
        const first = await commitTurn(world);
        const { state } = await commitTurn(world);
        await world.damageLog(key, [JSON.stringify(first.turn.record), text]);
        await world.shorten(key, 60_000);
        await expect(world.store.read(key, allTurns)).rejects.toMatchObject(unreadable);
        // Every page comes with the last turn.
        await expect(world.store.read(key, { turns: 1, upTo: 1 })).rejects.toMatchObject(unreadable);
        await expect(world.store.readAfter(key, { after: 0, limit: 5 })).rejects.toMatchObject(unreadable);
        expect((await load(world, 'turn-2')).unreadable).toMatchObject(unreadable);
        const carded = await look(world, key, { turnId: null, opens: false, cardTurn: 2 });
        expect(carded.unreadable).toMatchObject(unreadable);
        expect(await world.lifeOf(key)).toBeLessThanOrEqual(60_000);
        const told = await look(world, key, { turnId: 'turn-3', opens: false, historyTurns: 5 });
        expect(told.lastTurns.map(({ messages }) => messages)).toEqual([first.turn.record.messages]);
        expect(told.state).toEqual(state);
        expect((await load(world, 'turn-1')).committedTurn).toMatchObject({ record: first.turn.record });
        expect((await commitTurn(world)).turn.record.turn.number).toBe(3);
      });
    }
  });

  describe(`${name}: a holder that did not finish (I5)`, () => {
    const heard = { agentMayHaveHeard: true };
    const holderOf = async (world: Stores) => (await load(world)).holder;
    const isStale = async (world: Stores): Promise<boolean | undefined> =>
      (await holderOf(world))?.isAgentStale;
    /** Returns whether the next holder learns that an agent may have heard a turn which never happened. Leaves no trace. */
    const isNextStale = async (world: Stores): Promise<boolean | undefined> => {
      const lease = await takeLease(world);
      const found = await isStale(world);
      await lease.release(unheard);
      return found;
    };
    /** Takes the lease from its holder, which is gone for good. */
    const takeOver = async (world: Stores, lost: Lease): Promise<Lease> => {
      const place = newTicket();
      expect(await world.leases.interrupt(key, place, lost.token)).toBe(true);
      const acquired = await world.leases.acquire(key, place, justTheLease);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for who interrupted');
      return acquired.lease;
    };

    it('is not reported if there was none', async () => {
      await using world = await open();
      expect(await isNextStale(world)).toBe(false);
      await commitTurn(world);
      expect(await isNextStale(world)).toBe(false);
    });

    it('is forgotten when it has given the lease back and no agent has heard of anything', async () => {
      await using world = await open();
      await commitTurn(world);
      const lease = await takeLease(world);
      await lease.release(unheard);
      await lease.release(unheard);
      expect(await isNextStale(world)).toBe(false);
    });

    const unclean: Record<string, (world: Stores) => Promise<unknown>> = {
      'gave the lease back though an agent may have heard of the turn': async (world) =>
        (await takeLease(world)).release(heard),
      'gave it back so twice': async (world) => {
        const lease = await takeLease(world);
        await lease.release(heard);
        await lease.release(heard);
      },
      'lost the lease and was never heard of again': async (world) =>
        (await takeOver(world, await takeLease(world))).release(unheard),
      'lost the lease and came back to give it back': async (world) => {
        const lost = await takeLease(world);
        const next = await takeOver(world, lost);
        await lost.release(unheard);
        await next.release(unheard);
      },
    };
    for (const [what, leave] of Object.entries(unclean)) {
      it(`and ${what}: the next is told, and the one after, until one commits`, async () => {
        await using world = await open();
        await commitTurn(world);
        await leave(world);
        expect(await isNextStale(world)).toBe(true);
        expect(await isNextStale(world)).toBe(true);
        await (await takeLease(world)).release(heard);
        expect(await isNextStale(world)).toBe(true);
        await commitTurn(world);
        expect(await isNextStale(world)).toBe(false);
      });
    }

    it('is reported even if an earlier one, which did finish, gave its lease back once more meanwhile', async () => {
      await using world = await open();
      const finished = await takeLease(world);
      await finished.release(unheard);
      const lost = await takeLease(world);
      await finished.release(unheard);
      const next = await takeOver(world, lost);
      expect(await isStale(world)).toBe(true);
      await next.release(unheard);
    });

    it('is reported before the first turn too', async () => {
      await using world = await open();
      await (await takeLease(world)).release(heard);
      const lease = await takeLease(world);
      expect(await load(world)).toMatchObject({ holder: { isAgentStale: true }, state: null, lastTurns: [] });
      await world.store.commit(key, turnCommit(lease.token, null));
      lease.stop();
      expect(await isNextStale(world)).toBe(false);
    });

    it('is forgotten with an end, and with a purge', async () => {
      await using world = await open();
      await commitTurn(world);
      await (await takeLease(world)).release(heard);
      const ending = await takeLease(world);
      await world.store.commit(key, endCommit(ending.token, await stateOf(world)));
      ending.stop();
      expect(await isNextStale(world)).toBe(false);
      await (await takeLease(world)).release(heard);
      const { token } = await takeLease(world);
      await world.store.purge(key, { leaseToken: token, loaded: await stateOf(world) });
      expect(await isNextStale(world)).toBe(false);
    });

    it('is not forgotten by a commit, or a purge, that is sent again', async () => {
      await using world = await open();
      const { token } = await takeLease(world);
      const first = turnCommit(token, null);
      await world.store.commit(key, first);
      await (await takeLease(world)).release(heard);
      await world.store.commit(key, first);
      expect(await isNextStale(world)).toBe(true);
      const purging = await takeLease(world);
      const guard = { leaseToken: purging.token, loaded: await stateOf(world) };
      await world.store.purge(key, guard);
      await (await takeLease(world)).release(heard);
      await world.store.purge(key, guard);
      expect(await isNextStale(world)).toBe(true);
    });

    it('of one conversation is no concern of another', async () => {
      await using world = await open();
      await (await takeLease(world, idOf('another'))).release(heard);
      expect(await isNextStale(world)).toBe(false);
    });

    it('makes the load return the last turns, oldest first and no more than are retold', async () => {
      await using world = await open();
      const records: TurnRecord[] = [];
      for (let number = 1; number <= limits.retoldTurns + 2; number += 1)
        records.push((await commitTurn(world)).turn.record);
      await takeLease(world).then((lease) => lease.release(heard));
      const lease = await takeLease(world);
      expect((await load(world)).lastTurns).toEqual(records.slice(2).map(saidIn));
      const commit = turnCommit(lease.token, await stateOf(world));
      expect(await world.store.commit(key, commit)).toBe('committed');
      lease.stop();
      await takeLease(world);
      expect((await load(world)).lastTurns).toEqual([]);
    });

    it('hands over what there is of a short conversation', async () => {
      await using world = await open();
      const { turn } = await commitTurn(world);
      await (await takeLease(world)).release(heard);
      await takeLease(world);
      expect((await load(world)).lastTurns).toEqual([saidIn(turn.record)]);
    });
  });

  describe(`${name}: what is read for a turn besides the state`, () => {
    const read = (world: StoreUnderTest, what: Pick<LoadRequest, 'historyTurns' | 'cardTurn'>) =>
      look(world, key, { turnId: null, opens: false, ...what });

    it('is as many of the last turns as are asked for, oldest first', async () => {
      await using world = await open();
      const records = await commitTurns(world, 4);
      expect((await read(world, { historyTurns: 3 })).lastTurns).toEqual(records.slice(1).map(saidIn));
      expect((await read(world, { historyTurns: 20 })).lastTurns).toEqual(records.map(saidIn));
      expect((await read(world, {})).lastTurns).toEqual([]);
    });

    it('is fewer turns where they are large, but always the last one', async () => {
      await using world = await open();
      const text = 'x'.repeat(limits.loadedTurnsBytes / 2);
      const large = await commitTurns(world, 3, text);
      expect((await read(world, { historyTurns: 3 })).lastTurns).toEqual(large.slice(2).map(saidIn));
      const huge = await commitTurns(world, 1, text.repeat(3));
      expect((await read(world, { historyTurns: 3 })).lastTurns).toEqual(huge.map(saidIn));
    });

    it('is the turn whose card is acted on', async () => {
      await using world = await open();
      const records = await commitTurns(world, 3);
      expect((await read(world, { cardTurn: 2 })).cardTurn).toEqual(records.slice(1, 2).map(saidIn)[0]);
      expect((await read(world, {})).cardTurn).toBeNull();
    });

    it('is no turn that the transcript does not hold, or holds no longer', async () => {
      await using world = await makeStore({ transcriptMaxTurns: 2 });
      expect((await read(world, { cardTurn: 1 })).cardTurn).toBeNull();
      await commitTurns(world, 3);
      for (const cardTurn of [0, 1, 4, 999_999_999]) {
        expect((await read(world, { cardTurn })).cardTurn).toBeNull();
      }
    });
  });

  describe(`${name}: the list of conversations`, () => {
    const idsOf = async ({ store }: Stores) =>
      (await store.list(key, { limit: 100 })).conversations.map(({ conversationId }) => conversationId);

    const openAt = async (world: StoreUnderTest, ...ids: string[]): Promise<void> => {
      await world.pass();
      for (const id of ids) await commitTurn(world, idOf(id));
      await world.level(ids);
    };

    /** All ids, page by page; ends by itself only if the pages do. */
    const pagesOf = async ({ store }: Stores, limit: number): Promise<string[][]> => {
      const pages: string[][] = [];
      let after: ListPosition | null = null;
      do {
        const page: Awaited<ReturnType<typeof store.list>> = await store.list(key, {
          limit,
          ...(after === null ? {} : { after }),
        });
        pages.push(page.conversations.map(({ conversationId }) => conversationId));
        after = page.next;
      } while (after !== null && pages.length < 50);
      return pages;
    };

    it('is empty for a user who has none', async () => {
      await using world = await open();
      expect(await world.store.list(key, { limit: 10 })).toEqual({ conversations: [], next: null });
    });

    it('gives the states, newest activity first, and those of the same time by id', async () => {
      await using world = await open();
      await openAt(world, 'oldest');
      await openAt(world, 'b', 'a', 'c');
      await openAt(world, 'newest');
      expect(await idsOf(world)).toEqual(['newest', 'c', 'b', 'a', 'oldest']);
      const { conversations } = await world.store.list(key, { limit: 1 });
      expect(conversations).toEqual([
        { conversationId: 'newest', state: await stateOf(world, idOf('newest')) },
      ]);
    });

    it('moves a conversation up when it is loaded or read', async () => {
      await using world = await open();
      await openAt(world, 'a');
      await openAt(world, 'b');
      await openAt(world, 'c');
      await world.pass();
      await world.store.read(idOf('a'), allTurns);
      expect(await idsOf(world)).toEqual(['a', 'c', 'b']);
      await world.pass();
      await look(world, idOf('b'), { turnId: null, opens: false });
      expect(await idsOf(world)).toEqual(['b', 'a', 'c']);
    });

    it('is not moved by being looked at', async () => {
      await using world = await open();
      await openAt(world, 'a');
      await openAt(world, 'b');
      await world.pass();
      const first = await world.store.list(key, { limit: 10 });
      await world.pass();
      expect(await world.store.list(key, { limit: 10 })).toEqual(first);
    });

    for (const limit of [1, 2, 3, 7, 8]) {
      it(`shows every conversation exactly once in pages of ${limit}, those of the same time included`, async () => {
        await using world = await open();
        await openAt(world, 'a', 'b', 'c', 'd', 'e');
        await openAt(world, 'f', 'g');
        const pages = await pagesOf(world, limit);
        expect(pages.flat()).toEqual(['g', 'f', 'e', 'd', 'c', 'b', 'a']);
        expect(pages.every((page) => page.length <= limit)).toBe(true);
      });
    }

    it('has no next page when the last one is full', async () => {
      await using world = await open();
      await openAt(world, 'a', 'b');
      expect((await world.store.list(key, { limit: 2 })).next).toBeNull();
      expect((await world.store.list(key, { limit: 1 })).next).not.toBeNull();
    });

    it('passes over conversations that were never committed, or are gone', async () => {
      await using world = await open();
      await openAt(world, 'a', 'b');
      for (const id of ['never-1', 'never-2', 'never-3', 'never-4']) {
        await world.pass();
        await look(world, idOf(id), { turnId: null, opens: true });
      }
      await openAt(world, 'c', 'gone');
      const { token } = await takeLease(world, idOf('gone'));
      const loaded = await stateOf(world, idOf('gone'));
      await world.store.purge(idOf('gone'), { leaseToken: token, loaded });
      for (const limit of [1, 2, 100]) expect((await pagesOf(world, limit)).flat()).toEqual(['c', 'b', 'a']);
    });

    it('does not come to list a conversation by a call that does not open one', async () => {
      await using world = await open();
      await look(world, key, { turnId: null, opens: false });
      await world.store.read(key, allTurns);
      const lease = await takeLease(world);
      const commit = turnCommit(lease.token, null);
      await world.store.commit(key, commit);
      expect(await idsOf(world)).toEqual([]);
    });

    it('comes to list again by a look what it has lost', async () => {
      await using world = await open();
      const lease = await takeLease(world);
      const commit = turnCommit(lease.token, null);
      await world.store.commit(key, commit);
      lease.stop();
      expect(await idsOf(world)).toEqual([]);
      await world.store.read(key, allTurns);
      expect(await idsOf(world)).toEqual([key.conversationId]);
    });

    it('goes on past what can not be read, page by page', async () => {
      await using world = await open();
      await openAt(world, 'a', 'b', 'c', 'd', 'e');
      for (const id of ['b', 'd']) await world.damageState(idOf(id), '{}');
      for (const limit of [1, 2, 3, 5, 8])
        expect((await pagesOf(world, limit)).flat()).toEqual(['e', 'c', 'a']);
    });

    it('ends a page early where the states are large, and shows every conversation once', async () => {
      await using world = await open();
      const words = 'x'.repeat(limits.listedStatesBytes / 3);
      for (const id of ['a', 'b', 'c', 'd', 'e']) {
        await world.pass();
        await commitTurn(world, idOf(id), { collected: { words } });
      }
      const pages = await pagesOf(world, 100);
      expect(pages.flat()).toEqual(['e', 'd', 'c', 'b', 'a']);
    });
  });

  describe(`${name}: identities (I8)`, () => {
    it('never meet, though their parts joined read the same', async () => {
      await using world = await open();
      const keys: ConversationKey[] = [
        { tenant: 'a:b', user: 'c', conversationId: 'd' },
        { tenant: 'a', user: 'b:c', conversationId: 'd' },
        { tenant: 'a', user: 'b', conversationId: 'c:d' },
        { tenant: 'a%3Ab', user: 'c', conversationId: 'd' },
        { tenant: '["a","b"', user: 'c', conversationId: 'd' },
      ];
      for (const [index, of] of keys.entries()) {
        await commitTurn(world, of, { turnId: 'same', incarnation: `incarnation-of-${index}` });
      }
      for (const [index, of] of keys.entries()) {
        expect((await stateOf(world, of)).incarnation).toBe(`incarnation-of-${index}`);
        const { conversations } = await world.store.list(of, { limit: 10 });
        expect(conversations.map(({ conversationId }) => conversationId)).toEqual([of.conversationId]);
      }
    });
  });

  describe(`${name}: reachability`, () => {
    it('answers when it is asked whether it does', async () => {
      await using world = await open();
      expect(await world.store.isReachable()).toBe(true);
    });
  });
}
