import type { FailureReason } from '../../contract/errors.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { nothingShown } from '../answer/live-answer.ts';
import type { LiveSnapshot } from '../answer/live-answer.ts';
import type { ConversationFeed, FeedMessage } from '../orchestrator/ports/conversation-feed.ts';
import type { LiveObserver, LiveTurn } from '../orchestrator/ports/live-observer.ts';
import type { MemoryWorld } from './memory-world.ts';

/** Delivers the messages about conversations in this process's memory, for contract tests. */
export class MemoryConversationFeed implements ConversationFeed, LiveObserver {
  readonly #world: MemoryWorld;

  constructor(world: MemoryWorld) {
    this.#world = world;
  }

  listen(key: ConversationKey, onMessage: (message: FeedMessage) => void): Promise<() => void> {
    if (!this.#world.isDown) return Promise.resolve(this.#world.hub(key).join(onMessage));
    return Promise.reject(
      new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'The in-memory store was told to be down.'),
    );
  }

  began(turn: LiveTurn): void {
    this.show(turn, nothingShown);
  }

  show({ key, turnId, turnNumber }: LiveTurn, shown: LiveSnapshot): void {
    this.#world.hub(key).take({ type: 'running', turnId, turnNumber, shown });
  }

  over({ key, turnId, turnNumber }: LiveTurn, failure: FailureReason | null): void {
    if (failure === null) return;
    this.#world.hub(key).take({ type: 'failed', turnId, turnNumber, reason: failure });
  }
}
