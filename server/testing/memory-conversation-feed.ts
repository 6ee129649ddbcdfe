import type { FailureReason } from '../../contract/errors.ts';
import type { LiveEvent } from '../../contract/watch-events.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { ConversationFeed, FeedMessage } from '../orchestrator/ports/conversation-feed.ts';
import type { LiveObserver, LiveTurn } from '../orchestrator/ports/live-observer.ts';
import type { MemoryWorld } from './memory-world.ts';

/** What happens in conversations that are kept in this process's memory, for contract tests. */
export class MemoryConversationFeed implements ConversationFeed, LiveObserver {
  readonly #world: MemoryWorld;

  constructor(world: MemoryWorld) {
    this.#world = world;
  }

  listen(key: ConversationKey, hear: (notice: FeedMessage) => void): Promise<() => void> {
    if (!this.#world.isDown) return Promise.resolve(this.#world.channel(key).join(hear));
    return Promise.reject(
      new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'The in-memory store was told to be down.'),
    );
  }

  began({ key, turnId, turnNumber }: LiveTurn): void {
    this.#world.channel(key).show({ turnId, turnNumber, events: [] });
  }

  show({ key, turnId, turnNumber }: LiveTurn, event: LiveEvent): void {
    this.#world.channel(key).show({ turnId, turnNumber, events: [event] });
  }

  over({ key, turnId, turnNumber }: LiveTurn, failure: FailureReason | null): void {
    if (failure === null) return;
    this.#world.channel(key).fail({ type: 'failed', turnId, turnNumber, reason: failure });
  }
}
