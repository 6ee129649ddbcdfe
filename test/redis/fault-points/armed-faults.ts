import { afterWriting } from './after-writing.ts';
import type { FaultPoint, FaultPoints } from '../../../server/orchestrator/ports/fault-points.ts';
import type { ConversationKey } from '../../../server/domain/identity.ts';

/** The race windows, in the order in which a turn reaches them. */
export const faultPoints = [
  'lease-taken',
  'loaded',
  'agent-asked',
  'commit-due',
  'commit-sent',
  'release-due',
] as const satisfies readonly FaultPoint[];

// A race window that the code names and this list lacks does not compile.
true satisfies Exclude<FaultPoint, (typeof faultPoints)[number]> extends never ? true : never;

interface ArmedFault {
  readonly point: FaultPoint;
  readonly act: () => unknown;
}

/** Runs a test's action when a call for one conversation reaches a race window, once. */
export class ArmedFaults implements FaultPoints {
  readonly #armed = new Map<string, ArmedFault>();

  arm(conversationId: string, fault: ArmedFault): void {
    this.#armed.set(conversationId, fault);
  }

  reach(point: FaultPoint, { key }: { readonly key: ConversationKey }): unknown {
    const armed = this.#armed.get(key.conversationId);
    if (armed?.point !== point) return undefined;
    this.#armed.delete(key.conversationId);
    return point === 'commit-sent' ? afterWriting().then(armed.act) : armed.act();
  }
}
