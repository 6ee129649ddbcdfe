import type { Subscriptions } from '../connection/subscriptions.ts';

/** Hears of interrupted leases, of this server's and of others', and passes on those that are held here. */
export class Interrupts {
  readonly #holders = new Map<string, () => void>();

  constructor(subscriptions: Subscriptions, channel: string) {
    subscriptions.subscribeGlobal(channel, (leaseToken) => this.#holders.get(leaseToken)?.());
  }

  register(leaseToken: string, onInterrupted: () => void): void {
    this.#holders.set(leaseToken, onInterrupted);
  }

  unregister(leaseToken: string): void {
    this.#holders.delete(leaseToken);
  }
}
