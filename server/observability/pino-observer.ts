import type { ConversationKey } from '../domain/identity.ts';
import type { Observer, TurnkeeperEvent } from '../orchestrator/ports/observer.ts';
import { describeError } from './describe-error.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/**
 * A log that lines are written to. pino's loggers are of this form, and so are most others that take fields first.
 *
 * @example
 * ```ts
 * const turnkeeper = await createTurnkeeper({ workflows: [expenses], logger: pino() });
 * ```
 */
export interface EventLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** False for a level whose lines need not be made. */
  isLevelEnabled?(level: string): boolean;
}

/**
 * Logs events as structured lines: at `info` each turn, contention and end, at `warn` and `error` failures, at `debug`
 * details. A line carries ids, numbers, durations and reasons, never what anybody wrote, and a user only by a pseudonym
 * (docs/architecture.md, Trust).
 */
export class PinoObserver implements Observer {
  readonly #logger: EventLogger;

  readonly #pseudonyms: Pseudonyms;

  constructor(logger: EventLogger, pseudonyms: Pseudonyms) {
    this.#logger = logger;
    this.#pseudonyms = pseudonyms;
  }

  tell(event: TurnkeeperEvent): void {
    const logger = this.#logger;
    switch (event.type) {
      case 'call.failed': {
        const { type, ...details } = event;
        logger.warn({ event: type, ...details }, type);
        break;
      }
      case 'authentication.failed': {
        const { type, ...details } = event;
        logger.error({ event: type, ...details }, type);
        break;
      }
      case 'turn.committed':
      case 'turn.replayed':
      case 'lease.contended':
      case 'conversation.ended':
        logger.info(this.#fieldsOf(event), event.type);
        break;
      case 'turn.rolledBack':
      case 'lease.lost':
      case 'conversation.unreadable':
      case 'choices.failed':
        logger.warn(this.#fieldsOf(event), event.type);
        break;
      case 'turn.started':
      case 'limit.reached':
      case 'lease.extended':
      case 'agent.answered':
      case 'agent.failed':
        if (logger.isLevelEnabled?.('debug') !== false) logger.debug(this.#fieldsOf(event), event.type);
        break;
      case 'service.acts': {
        const { type, ...details } = event;
        logger.info({ event: type, ...details }, type);
        break;
      }
      case 'issuer.reachable':
        logger.info({ event: event.type, issuer: event.issuer }, 'the keys of the issuer are loaded');
        break;
      case 'issuer.unreachable':
        logger.error(
          { event: event.type, issuer: event.issuer, cause: event.cause },
          `the keys of the issuer can't be loaded, and this server tries again (${event.cause})`,
        );
        break;
      case 'store.reachable':
        logger.info({ event: event.type }, 'the state store is reachable');
        break;
      case 'store.unreachable':
        logger.error(
          { event: event.type, cause: event.cause },
          `the state store is unreachable: workflow calls fail until it is back (${event.cause})`,
        );
        break;
      case 'store.evicts':
        logger.warn(
          { event: event.type, policy: event.policy },
          `Redis may evict conversations before they expire: its maxmemory-policy is ${event.policy}, set it to noeviction`,
        );
        break;
      case 'error.unexpected':
        logger.error(
          { event: event.type, errorId: event.errorId, err: describeError(event.error) },
          event.type,
        );
        break;
    }
  }

  #fieldsOf({ type, key, ...details }: ConversationEvent): object {
    const { tenant, conversationId } = key;
    return { event: type, tenant, user: this.#pseudonyms.of(key), conversationId, ...details };
  }
}

type ConversationEvent = Extract<TurnkeeperEvent, { readonly key: ConversationKey }>;
