import type { FailureReason } from '../../contract/errors.ts';
import type { LiveSnapshot } from '../answer/live-answer.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import type { Dependencies } from './dependencies.ts';
import type { LiveObserver, LiveTurn } from './ports/live-observer.ts';

/**
 * A turn as it is shown to watchers, from its beginning to its end. An observer that fails while it is shown the
 * answer is reported once and shown no more of it; the turn goes on, because watching has no part in it (I5).
 */
export class ShownTurn {
  readonly #dependencies: Pick<Dependencies, 'live' | 'observer' | 'ids'>;
  readonly #turn: LiveTurn;
  #isBroken = false;

  constructor(
    dependencies: Pick<Dependencies, 'live' | 'observer' | 'ids'>,
    { key, turnId, turnNumber }: LiveTurn,
  ) {
    this.#dependencies = dependencies;
    this.#turn = { key, turnId, turnNumber };
    this.#tell((live) => live.began(this.#turn));
  }

  show(shown: LiveSnapshot): void {
    if (!this.#isBroken) this.#isBroken = !this.#tell((live) => live.show(this.#turn, shown));
  }

  committed(): void {
    this.#over(null);
  }

  failed(error: unknown): void {
    this.#over(isTurnkeeperError(error) ? error.reason : 'INTERNAL');
  }

  #over(failure: FailureReason | null): void {
    this.#tell((live) => live.over(this.#turn, failure));
  }

  /** Returns whether the observer took it. */
  #tell(say: (live: LiveObserver) => void): boolean {
    const { live, observer, ids } = this.#dependencies;
    try {
      say(live);
      return true;
    } catch (error) {
      observer.tell({ type: 'error.unexpected', errorId: ids.errorId(), error });
      return false;
    }
  }
}
