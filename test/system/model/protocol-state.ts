/**
 * A lease token, a ticket in the queue, an incarnation or an agent conversation: all are random texts that are only
 * compared for equality.
 */
export type Name = number;

/** Returns true for a ticket: a ticket has a colon in Redis, and a negative sign here. */
export function isTicket(name: Name): boolean {
  return name < 0;
}

export type TurnId = number;

/** The state's guard, and the other parts of it that the protocol depends on. */
interface Conversation {
  readonly incarnation: Name;
  readonly revision: number;
  readonly committedBy: Name;
  readonly turnCount: number;
  readonly agentConversation: Name;
}

/** A turn in the log, and the note under its turn id (`number:digest:token`). */
export interface CommittedTurn {
  readonly turnId: TurnId;
  readonly number: number;
  readonly token: Name;
}

interface Holder {
  readonly token: Name;
  readonly turnId: TurnId | null;
  readonly isStale: boolean;
}

/** The keys of the one conversation. */
export interface Keys {
  readonly state: Conversation | null;
  readonly lock: Name | null;
  /** The log and the turn ids, which one script writes. */
  readonly log: readonly CommittedTurn[];
  readonly holder: Holder | null;
  /** Tickets, the next to be notified first. */
  readonly waiting: readonly Name[];
  readonly interrupted: readonly Name[];
}

export type Guard = Pick<Conversation, 'incarnation' | 'revision'>;

export type Command =
  /** Takes the lease if it can, and loads. */
  | { readonly kind: 'acquire'; readonly token: Name; readonly ticket: Name; readonly turnId: TurnId | null }
  | {
      readonly kind: 'commit';
      readonly token: Name;
      /** Null if there was none. */
      readonly loaded: Guard | null;
      readonly next: Conversation;
      readonly turn: CommittedTurn;
    }
  | { readonly kind: 'purge'; readonly token: Name; readonly loaded: Guard }
  | { readonly kind: 'release'; readonly token: Name }
  /** `null` if it is not known which token Redis may have taken. */
  | { readonly kind: 'hand-over'; readonly token: Name | null; readonly agentMayHaveHeard: boolean }
  | {
      readonly kind: 'enqueue';
      readonly ticket: Name;
      readonly at: 'front' | 'back';
      /** Null if the caller has already got its ticket, which it keeps. */
      readonly mostWaiting: number | null;
    }
  | { readonly kind: 'leave'; readonly ticket: Name }
  | { readonly kind: 'interrupt'; readonly owner: Name; readonly ticket: Name };

/** The conversation as the script that takes the lease loads it. */
export interface Loaded {
  readonly state: Conversation | null;
  readonly used: CommittedTurn | null;
  /** The holder that owns the lock; null if nobody holds it. */
  readonly holder: { readonly turnId: TurnId | null; readonly isStale: boolean } | null;
}

export type CommitAnswer = 'committed' | 'lease-lost' | 'interrupted' | 'state-changed';

export type Answer =
  | {
      readonly kind: 'acquired';
      readonly isGranted: boolean;
      readonly owner: Name | null;
      readonly loaded: Loaded;
    }
  | {
      readonly kind: 'commit';
      readonly result: CommitAnswer;
      readonly turn: CommittedTurn;
      readonly incarnation: Name;
    }
  | { readonly kind: 'purge'; readonly result: CommitAnswer }
  | { readonly kind: 'done' }
  | { readonly kind: 'enqueued'; readonly outcome: 'notified' | 'waiting' | 'full' }
  | { readonly kind: 'interrupt'; readonly didInterrupt: boolean };

/** A command on its way to Redis; a reply that is not awaited is ignored. */
export interface Sent {
  readonly command: Command;
  readonly isAwaited: boolean;
}

/** A command that Redis has run, and its reply on the way back. */
interface Answered {
  readonly command: Command;
  readonly answer: Answer;
}

/** A client's request. */
export interface Call {
  readonly turnId: TurnId | null;
  readonly kind: 'turn' | 'purge';
  readonly whenBusy: 'reject' | 'wait' | 'interrupt';
  /** Maximum number of tickets in the queue for this one to be added; null: any number. */
  readonly mostWaiting: number | null;
}

export type Phase =
  | { readonly kind: 'acquiring' }
  /** The agent has heard the turn; its answer is on the way. */
  | { readonly kind: 'asking'; readonly loaded: Conversation | null; readonly agentConversation: Name }
  | { readonly kind: 'committing' }
  | { readonly kind: 'purging' }
  | { readonly kind: 'enqueuing'; readonly isNotified: boolean }
  | { readonly kind: 'waiting'; readonly isNotified: boolean }
  | { readonly kind: 'interrupting' };

/** One call that a server carries out. */
export interface Attempt {
  readonly call: Call;
  readonly ticket: Name;
  /** A new one for every request of the lease. */
  readonly token: Name;
  /** True once it has enqueued or interrupted, and may have a ticket in the queue to remove. */
  readonly hasEnqueued: boolean;
  /** True if its ticket is in a bounded queue, so that the bound no longer concerns it. */
  readonly keepsTicket: boolean;
  readonly hasInterrupted: boolean;
  /** True if its client has waited long enough: this is the last attempt. */
  readonly isOver: boolean;
  readonly phase: Phase;
}

export interface Server {
  readonly attempt: Attempt | null;
  /** Requests in the order in which the connection delivers them. */
  readonly pipe: readonly Sent[];
  readonly inbox: readonly Answered[];
  /** Requests of a connection that broke, which Redis may still read. */
  readonly strays: readonly Command[];
}

export type Fault =
  /** A lease, or one that is kept for a ticket, runs out while its owner lives. */
  | 'expiry'
  /** The server gives up waiting for a reply; the request may have run, or may still run. */
  | 'timeout'
  /** The connection breaks, and requests in transit are lost. */
  | 'loss'
  /** The connection breaks, and requests in transit arrive later all the same. */
  | 'straying'
  /** The connection breaks, and requests without a reply are sent again. */
  | 'resend'
  | 'crash'
  | 'agent failure'
  /** The message that notifies the first in the queue is lost. */
  | 'lost call'
  /** A caller has waited long enough. */
  | 'impatience'
  /** A replica that may lag becomes the Redis that all use. */
  | 'failover';

/** The properties of every state. */
export type Invariant =
  /** Committed numbers are 1, 2, 3, … and the state counts them (I1). */
  | 'numbers'
  /** A turn id is committed once (I4). */
  | 'once'
  /** A turn that a client was told is committed is stored, as the client was told (I2, I4). */
  | 'acknowledged'
  /** A purged conversation stays away (I3). */
  | 'purged'
  /** A turn that a client was told is not stored is not (I5). */
  | 'refused'
  /** No commit happens without the lease (I3). */
  | 'fenced'
  /** Only an interruption takes the lease from a running call (I1). */
  | 'exclusive'
  /** No commit continues an agent conversation that heard a turn which did not happen (I5). */
  | 'agent-memory'
  /** No call is refused the lease because it holds it itself. */
  | 'own-lease';

export interface Breach {
  readonly invariant: Invariant;
  readonly detail: string;
}

export interface State {
  readonly redis: Keys;
  /** The keys of a replica, which may lag; null if there is none. */
  readonly replica: Keys | null;
  readonly servers: readonly Server[];
  /** The number of calls that each scenario call may still make. */
  readonly callsLeft: readonly number[];
  /** The number of faults that may still happen. */
  readonly faultsLeft: number;
  readonly nextName: Name;
  /** The turns acknowledged to clients, with their incarnations. Not part of the protocol: the invariants need them. */
  readonly acknowledged: readonly (CommittedTurn & { readonly incarnation: Name })[];
  /** Attempts whose clients were told that nothing was stored. */
  readonly refused: readonly Name[];
  /** The agent conversation that heard the turn of each lease. */
  readonly heard: readonly { readonly agentConversation: Name; readonly token: Name }[];
  /** The conversation that each lease purged. */
  readonly purged: readonly { readonly incarnation: Name; readonly token: Name }[];
  /** The invariant that the last step broke. */
  readonly broken: Breach | null;
}
