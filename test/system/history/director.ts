import type { ConversationKey, Identity } from '../../../server/domain/identity.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { identities, secretOf } from './actors.ts';
import type { Outcome, Request } from './history.ts';
import type { JournalEntry } from './journal.ts';
import type { SelfFault } from './server-commands.ts';
import { keyPrefix } from './settings-under-test.ts';
import type { Stage } from './stage.ts';
import type { Directive } from './turn-text.ts';

interface Direction {
  readonly server?: number;
  /** The actor that makes the call. */
  readonly identity?: number;
  /** @default an immediate answer */
  readonly directive?: Directive;
}

const patienceMs = 60_000;
const waitsAtMostMs = 60_000;
const looksEveryMs = 20;

/** Stages one conversation by hand: the calls, their servers and times, and the faults in the race windows. */
export class Director {
  readonly stage: Stage;
  readonly #conversationId: string;

  constructor(stage: Stage, conversationId: string) {
    this.stage = stage;
    this.#conversationId = conversationId;
  }

  /** Sends a turn whose id ends in `name`; a repeated name is the same turn. */
  async turn(name: string, direction: Direction = {}): Promise<Outcome> {
    const { directive = { kind: 'answer' } } = direction;
    const secret = secretOf(this.#identity(direction));
    const turnId = `${this.#conversationId}.${name}`;
    const value = `${secret} ${name}`;
    const words = { turnId, secret, field: 'red', value, variant: 0, directive } as const;
    return this.#call({ op: 'turn', turnId, form: 'words', words, whenBusy: 'reject' }, direction);
  }

  async get(direction: Direction = {}): Promise<Outcome> {
    return this.#call({ op: 'get' }, direction);
  }

  async end(direction: Direction = {}): Promise<Outcome> {
    return this.#call({ op: 'end', purge: false, whenBusy: 'reject' }, direction);
  }

  /** Makes a call whose whole server process stops in a race window; resolves with the call once it has stopped. */
  async stopAt(
    server: number,
    point: SelfFault['point'],
    call: () => Promise<Outcome>,
  ): Promise<{ readonly stopped: Promise<Outcome> }> {
    const fault: SelfFault = { point, after: 0, action: { kind: 'stop' } };
    this.stage.fleet.at(server).current.tell({ type: 'arm', fault });
    const stopped = call();
    await this.#seen((entry) => entry.type === 'fired' && entry.conversationId === this.#conversationId);
    return { stopped };
  }

  goOn(server: number): void {
    this.stage.fleet.at(server).current.goOn();
  }

  /** Lets the agent of a server answer the turns that wait to be told. */
  letAnswer(server: number): void {
    this.stage.fleet.at(server).current.tell({ type: 'answer' });
  }

  /** Makes the callers of a server stop waiting for their answers. */
  hangUp(server: number): void {
    const { front } = this.stage.fleet.at(server);
    front.cut();
    front.mend();
  }

  /** Waits until the agent was asked for a turn. */
  async asked(name: string): Promise<void> {
    await this.#seen(
      (entry) => entry.type === 'agent.asked' && entry.turnId === `${this.#conversationId}.${name}`,
    );
  }

  /** Waits until the lease has expired. */
  async leaseIsFree(): Promise<void> {
    await this.until(async () => (await this.leaseToken()) === null);
  }

  /** Returns the token of the lease's holder; null if there is none. */
  async leaseToken(): Promise<string | null> {
    return this.stage.observer.get(this.#lock);
  }

  /** Runs a late repetition of a request for the lease. */
  async grantLease(token: string, forMs: number): Promise<void> {
    await this.stage.observer.set(this.#lock, token, 'PX', forMs);
  }

  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + waitsAtMostMs;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error('what the scenario waits for did not happen');
      await new Promise((resolve) => setTimeout(resolve, looksEveryMs));
    }
  }

  async #seen(isIt: (entry: JournalEntry) => boolean): Promise<void> {
    await this.until(async () => {
      const processes = await this.stage.fleet.report();
      return processes.some(({ journal }) => journal.some(({ entry }) => isIt(entry)));
    });
  }

  /** Retries until it is served, because a command may exceed its timeout on a busy machine. */
  async #call(request: Request, direction: Direction): Promise<Outcome> {
    const { server = 0 } = direction;
    const key = this.#key(direction);
    for (;;) {
      const outcome = await this.stage.recorder.call({ key, request, server, patienceMs });
      if (outcome.kind !== 'refused' || outcome.reason !== 'STATE_STORE_UNAVAILABLE') return outcome;
    }
  }

  get #lock(): string {
    return new KeyBuilder(keyPrefix).conversation(this.#key({})).lock;
  }

  #key(direction: Direction): ConversationKey {
    return { ...this.#identity(direction), conversationId: this.#conversationId };
  }

  #identity({ identity = 0 }: Direction): Identity {
    const found = identities[identity];
    if (found === undefined) throw new Error(`there is no identity ${identity}`);
    return found;
  }
}
