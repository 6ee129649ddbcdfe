import type { SelfFault } from './server-commands.ts';
import type { Direction } from '../../support/proxy/faulty-link.ts';

/** The faults of the servers, of Redis and of the links between them. Times are in milliseconds. */
export type FaultPlan =
  | { readonly kind: 'kill server'; readonly server: number }
  | { readonly kind: 'stop server'; readonly server: number; readonly forMs: number }
  /** SIGTERM, then a new process. */
  | { readonly kind: 'restart server'; readonly server: number }
  /** A fault that the server causes itself in a race window. */
  | { readonly kind: 'fault in a race window'; readonly server: number; readonly fault: SelfFault }
  | { readonly kind: 'clock jump'; readonly server: number; readonly byMs: number }
  | { readonly kind: 'hang redis'; readonly forMs: number }
  | { readonly kind: 'kill redis'; readonly forMs: number }
  | { readonly kind: 'script flush' }
  | { readonly kind: 'client kill'; readonly type: 'normal' | 'pubsub' }
  | { readonly kind: 'cut link'; readonly server: number; readonly forMs: number }
  | {
      readonly kind: 'freeze link';
      readonly server: number;
      readonly direction: Direction;
      readonly forMs: number;
    }
  | { readonly kind: 'slow link'; readonly server: number; readonly byMs: number; readonly forMs: number }
  /** Cuts the callers from the server, which goes on. */
  | { readonly kind: 'cut callers'; readonly server: number; readonly forMs: number }
  | { readonly kind: 'freeze answers'; readonly server: number; readonly forMs: number }
  /** Redis runs the commit, and its reply is lost. */
  | { readonly kind: 'eat reply'; readonly server: number };

export type FaultKind = FaultPlan['kind'];
