import { describe, expect, it, vi } from 'vitest';
import type { ConversationKey } from '../../../server/domain/identity.ts';
import type { ConversationFeed, FeedMessage } from '../../../server/orchestrator/ports/conversation-feed.ts';
import type { LiveObserver } from '../../../server/orchestrator/ports/live-observer.ts';
import { commitTurn, key, stateOf, takeLease, unheard } from '../store/sample-turns.ts';
import type { Stores } from '../store/sample-turns.ts';

interface Server extends Stores {
  readonly feed: ConversationFeed & LiveObserver;
}

export interface FeedUnderTest extends Server, AsyncDisposable {
  /** Another server of the same conversations. */
  readonly elsewhere: Server;
}

const turn = { key, turnId: 'turn-1', turnNumber: 1 };
const running = { type: 'running', turnId: 'turn-1', turnNumber: 1 } as const;
const nothing = { texts: [], typing: null } as const;
const changed: FeedMessage = { type: 'changed' };

function shown(text: string) {
  return { texts: [{ streamId: 's', text }], typing: null };
}

async function listen({ feed }: Server, to: ConversationKey = key) {
  const heard: FeedMessage[] = [];
  const stop = await feed.listen(to, (message) => void heard.push(message));
  return { heard, stop };
}

/** Returns the text of the running turn after the last message. */
function wordsOf(heard: readonly FeedMessage[]): string {
  const [last] = heard.flatMap((message) => (message.type === 'running' ? [message.shown] : [])).slice(-1);
  return last?.texts[0]?.text ?? '';
}

const eventually = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { interval: 5, timeout: 5_000 });

/** The promises of the `ConversationFeed` port, and of the `LiveObserver` that feeds it. */
export function describeFeedConformance(name: string, open: () => Promise<FeedUnderTest>): void {
  describe(`${name}: the feed`, () => {
    it('tells all who listen, on all servers, that something was committed', async () => {
      await using world = await open();
      const listeners = [await listen(world), await listen(world), await listen(world.elsewhere)];
      await commitTurn(world);
      for (const { heard } of listeners) await eventually(() => expect(heard).toEqual([changed]));
      await commitTurn(world.elsewhere);
      for (const { heard } of listeners) await eventually(() => expect(heard).toEqual([changed, changed]));
    });

    it('tells that a conversation was purged', async () => {
      await using world = await open();
      await commitTurn(world);
      const { heard } = await listen(world.elsewhere);
      const lease = await takeLease(world);
      const guard = { leaseToken: lease.token, loaded: await stateOf(world) };
      expect(await world.store.purge(key, guard)).toBe('committed');
      lease.stop();
      await eventually(() => expect(heard).toEqual([changed]));
    });

    it('tells nothing of a commit that is refused', async () => {
      await using world = await open();
      const { heard } = await listen(world.elsewhere);
      const { guard, state, turn: committed } = await commitTurn(world);
      await eventually(() => expect(heard).toEqual([changed]));
      const stale = { guard: { ...guard, leaseToken: 'nobodys' }, state, turn: committed };
      expect(await world.store.commit(key, stale)).toBe('lease-lost');
      const lease = await takeLease(world);
      await lease.release(unheard);
      expect(heard).toEqual([changed]);
    });

    it('shows a running turn on every server, piece by piece', async () => {
      await using world = await open();
      const here = await listen(world);
      const there = await listen(world.elsewhere);
      world.feed.began(turn);
      for (const { heard } of [here, there]) {
        await eventually(() => expect(heard[0]).toEqual({ ...running, shown: nothing }));
      }
      world.feed.show(turn, { texts: [], typing: '' });
      world.feed.show(turn, shown('Where'));
      for (const { heard } of [here, there]) await eventually(() => expect(wordsOf(heard)).toBe('Where'));
      world.feed.show(turn, shown('Where to?'));
      world.feed.show(turn, shown('Where would you go?'));
      for (const { heard } of [here, there])
        await eventually(() => expect(wordsOf(heard)).toBe('Where would you go?'));
      world.feed.over(turn, 'AGENT_FAILED');
      const failed = { type: 'failed', turnId: 'turn-1', turnNumber: 1, reason: 'AGENT_FAILED' };
      for (const { heard } of [here, there]) await eventually(() => expect(heard.at(-1)).toEqual(failed));
    });

    it('shows who comes in the midst of a turn what was shown before', async () => {
      await using world = await open();
      const first = await listen(world);
      world.feed.began(turn);
      world.feed.show(turn, shown('Where to?'));
      await eventually(() => expect(wordsOf(first.heard)).toBe('Where to?'));
      for (const server of [world, world.elsewhere]) {
        const { heard } = await listen(server);
        await eventually(() => expect(heard[0]).toEqual({ ...running, shown: shown('Where to?') }));
      }
      world.feed.over(turn, null);
    });

    it('shows who comes later nothing of a turn that is over', async () => {
      await using world = await open();
      const first = await listen(world);
      world.feed.began(turn);
      await eventually(() => expect(first.heard).toHaveLength(1));
      await commitTurn(world);
      world.feed.over(turn, null);
      await eventually(() => expect(first.heard).toContainEqual(changed));
      expect((await listen(world)).heard).toEqual([]);
    });

    it('tells nothing of other conversations, users and tenants (I8)', async () => {
      await using world = await open();
      const others = [
        await listen(world, { ...key, conversationId: 'another' }),
        await listen(world, { ...key, user: 'another' }),
        await listen(world, { ...key, tenant: 'another' }),
      ];
      const { heard } = await listen(world);
      world.feed.began(turn);
      world.feed.show(turn, shown('mine'));
      await commitTurn(world);
      world.feed.over(turn, null);
      await eventually(() => expect(heard).toContainEqual(changed));
      for (const other of others) expect(other.heard).toEqual([]);
    });

    it('tells nothing more to who has stopped, and everything to who still listens', async () => {
      await using world = await open();
      const stopped = await listen(world);
      const { heard } = await listen(world);
      stopped.stop();
      stopped.stop();
      await commitTurn(world);
      await eventually(() => expect(heard).toEqual([changed]));
      expect(stopped.heard).toEqual([]);
    });

    it('can be listened to again when the last listener has just left', async () => {
      await using world = await open();
      for (let round = 0; round < 20; round += 1) (await listen(world)).stop();
      const { heard } = await listen(world);
      await commitTurn(world.elsewhere);
      await eventually(() => expect(heard).toEqual([changed]));
    });
  });
}
