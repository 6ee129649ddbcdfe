import type { FaultPoints } from '../../../server/orchestrator/ports/fault-points.ts';
import { afterWriting } from '../../redis/fault-points/after-writing.ts';
import { blockProcess } from './block-process.ts';
import type { WriteJournal } from './journal.ts';
import type { SelfFault } from './server-commands.ts';

/** A signal takes effect after a short delay, in which the call must not go on. */
const beforeSignalMs = 50;

/** Journals the race windows that calls reach, and runs each ordered fault there once. */
export class ArmedFaults implements FaultPoints {
  readonly #write: WriteJournal;
  #armed: { readonly fault: SelfFault; passes: number }[] = [];

  constructor(write: WriteJournal) {
    this.#write = write;
  }

  arm(fault: SelfFault): void {
    this.#armed.push({ fault, passes: fault.after });
  }

  disarm(): void {
    this.#armed = [];
  }

  // Journaled once the point is passed, because the call's next step comes after that.
  reach(...[point, { key, turnId }]: Parameters<FaultPoints['reach']>): Promise<void> | undefined {
    const { tenant, user, conversationId } = key;
    const passed = (): void => this.#write({ type: 'point', point, turnId, tenant, user, conversationId });
    const action = this.#due(point);
    if (action === null) {
      passed();
      return undefined;
    }
    const forMs = 'forMs' in action ? action.forMs : 0;
    this.#write({ type: 'fired', action: action.kind, forMs, point, tenant, user, conversationId });
    const act = (): Promise<void> | undefined => this.#act(action, passed);
    return point === 'commit-sent' ? afterWriting().then(act) : act();
  }

  #act(action: SelfFault['action'], passed: () => void): Promise<void> | undefined {
    switch (action.kind) {
      case 'kill':
        process.kill(process.pid, 'SIGKILL');
        blockProcess(beforeSignalMs);
        return undefined;
      case 'stop':
        process.kill(process.pid, 'SIGSTOP');
        blockProcess(beforeSignalMs);
        passed();
        return undefined;
      case 'block':
        blockProcess(action.forMs);
        passed();
        return undefined;
      case 'delay':
        return new Promise((resolve) => setTimeout(resolve, action.forMs)).then(passed);
    }
  }

  #due(point: string): SelfFault['action'] | null {
    const due = this.#armed.find(({ fault, passes }) => fault.point === point && passes === 0);
    for (const armed of this.#armed) if (armed.fault.point === point && armed.passes > 0) armed.passes -= 1;
    this.#armed = this.#armed.filter((armed) => armed !== due);
    return due?.fault.action ?? null;
  }
}
