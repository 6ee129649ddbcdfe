import type { SelfFault } from './server-commands.ts';
import type { Direction } from '../../support/proxy/faulty-link.ts';

/** Everything that is done to the servers, to Redis and to what lies between them. Times are in milliseconds. */
export type FaultPlan =
  | { readonly kind: 'kill server'; readonly server: number }
  | { readonly kind: 'stop server'; readonly server: number; readonly forMs: number }
  /** SIGTERM, and a start. */
  | { readonly kind: 'restart server'; readonly server: number }
  /** Something that the server does to itself in a race window. */
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
  /** Between the callers and the server, while the server itself goes on. */
  | { readonly kind: 'cut callers'; readonly server: number; readonly forMs: number }
  | { readonly kind: 'freeze answers'; readonly server: number; readonly forMs: number }
  /** The commit is carried out, and nobody is told. */
  | { readonly kind: 'eat reply'; readonly server: number };

export type FaultKind = FaultPlan['kind'];
