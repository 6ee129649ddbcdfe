import { describe, expect, it } from 'vitest';
import {
  commitTurn,
  justTheLease,
  key,
  look,
  newTicket,
  stateOf,
  takeLease,
  turnCommit,
  unheard,
} from '../store/sample-turns.ts';
import type { Stores } from '../store/sample-turns.ts';

export type LeasesUnderTest = Stores & AsyncDisposable;

/** The promises of the `LeaseKeeper` port, which every adapter keeps. */
export function describeLeaseConformance(name: string, open: () => Promise<LeasesUnderTest>): void {
  const holderOf = async (stores: Stores) => (await look(stores, key, justTheLease)).leaseToken;

  describe(`${name}: the lease`, () => {
    it('is granted to one, and reported as held to everybody else', async () => {
      await using world = await open();
      const lease = await takeLease(world);
      expect(await world.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
      expect(await world.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
      expect(await holderOf(world)).toBe(lease.token);
      expect(lease.loss.signal.aborted).toBe(false);
    });

    it('is granted to exactly one of many who ask at once', async () => {
      await using world = await open();
      const asked = await Promise.all(
        Array.from({ length: 50 }, () => world.leases.acquire(key, newTicket(), justTheLease)),
      );
      expect(asked.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
      expect(asked.filter(({ kind }) => kind === 'held')).toHaveLength(49);
    });

    it('is free again once it was given back, and has another token then', async () => {
      await using world = await open();
      const first = await takeLease(world);
      await first.release(unheard);
      expect(await holderOf(world)).toBeNull();
      const second = await takeLease(world);
      expect(second.token).not.toBe(first.token);
    });

    it('is free again once a commit has freed it', async () => {
      await using world = await open();
      await commitTurn(world);
      await (await takeLease(world)).release(unheard);
      expect((await stateOf(world)).turnCount).toBe(1);
    });

    it('can be given back twice, and by a holder that has lost it, without touching that of another', async () => {
      await using world = await open();
      const first = await takeLease(world);
      await first.release(unheard);
      const second = await takeLease(world);
      await first.release(unheard);
      expect(await holderOf(world)).toBe(second.token);
      expect(await world.store.commit(key, turnCommit(second.token, null))).toBe('committed');
      const third = await takeLease(world);
      await second.release(unheard);
      expect(await holderOf(world)).toBe(third.token);
    });

    it('stays held when its holder only stops extending it', async () => {
      await using world = await open();
      const lease = await takeLease(world);
      lease.stop();
      expect(await world.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
      expect(await world.store.commit(key, turnCommit(lease.token, null))).toBe('committed');
    });

    it('comes with the conversation as it is under this very lease, or under the one that another holds', async () => {
      await using world = await open();
      const { state } = await commitTurn(world);
      const [first, second] = await Promise.all([
        world.leases.acquire(key, newTicket('first'), { turnId: 'first', opens: true }),
        world.leases.acquire(key, newTicket('second'), { turnId: 'second', opens: true }),
      ]);
      if (first.kind === 'held') throw new Error('the lease was expected to be free');
      const { token } = first.lease;
      expect(first.loaded).toMatchObject({ state, leaseToken: token, holder: { turnId: 'first' } });
      expect(second).toMatchObject({
        kind: 'held',
        loaded: { state, leaseToken: token, holder: { turnId: 'first' } },
      });
    });

    it('of one conversation is no concern of another, another user or another tenant', async () => {
      await using world = await open();
      await takeLease(world);
      await takeLease(world, { ...key, conversationId: 'another' });
      await takeLease(world, { ...key, user: 'another' });
      await takeLease(world, { ...key, tenant: 'another' });
      expect(await world.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
    });
  });
}
