import { describe, expect, it } from 'vitest';
import {
  commitTurn,
  key,
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
  const holderOf = async ({ store }: Stores) =>
    (await store.load(key, { turnId: null, opens: false })).leaseToken;

  describe(`${name}: the lease`, () => {
    it('is granted to one, and reported as held to everybody else', async () => {
      await using world = await open();
      const lease = await takeLease(world);
      expect(await world.leases.acquire(key, newTicket())).toEqual({ kind: 'held' });
      expect(await world.leases.acquire(key, newTicket())).toEqual({ kind: 'held' });
      expect(await holderOf(world)).toBe(lease.token);
      expect(lease.signal.aborted).toBe(false);
    });

    it('is granted to exactly one of many who ask at once', async () => {
      await using world = await open();
      const asked = await Promise.all(
        Array.from({ length: 50 }, () => world.leases.acquire(key, newTicket())),
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
      expect(await world.leases.acquire(key, newTicket())).toEqual({ kind: 'held' });
      expect(await world.store.commit(key, turnCommit(lease.token, null))).toBe('committed');
    });

    it('has been requested when the call returns: later requests to the store come after it', async () => {
      await using world = await open();
      const [acquired, loaded] = await Promise.all([
        world.leases.acquire(key, newTicket()),
        world.store.load(key, { turnId: null, opens: true }),
      ]);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be free');
      expect(loaded.leaseToken).toBe(acquired.lease.token);
    });

    it('of one conversation is no concern of another, another user or another tenant', async () => {
      await using world = await open();
      await takeLease(world);
      await takeLease(world, { ...key, conversationId: 'another' });
      await takeLease(world, { ...key, user: 'another' });
      await takeLease(world, { ...key, tenant: 'another' });
      expect(await world.leases.acquire(key, newTicket())).toEqual({ kind: 'held' });
    });
  });
}
