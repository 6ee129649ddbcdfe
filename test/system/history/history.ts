import type { ConversationKey } from '../../../server/domain/identity.ts';
import type { JournalEntry } from './journal.ts';
import type { SettingsUnderTest } from './settings-under-test.ts';
import type { FaultKind } from './faults.ts';
import type { Words } from './turn-text.ts';

/** The outcome of a call, as its caller knows it. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  /** A deliberate error of the server. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly reason: string;
      readonly message: string;
      /** True if the error said that the call may have taken effect. */
      readonly isOutcomeUnknown: boolean;
    }
  /** No answer: the connection broke, or the caller stopped waiting. */
  | { readonly kind: 'broken'; readonly why: string };

export type WhenBusy = 'reject' | 'wait' | 'interrupt';

/**
 * The form in which a turn brings its words in: as a text, as a field that is set directly with the words beside it (`quiet`
 * asks no agent), or not at all, to take the last change back.
 */
type TurnForm = 'words' | 'data' | 'quiet data' | 'undo';

/** The request. */
export type Request =
  | {
      readonly op: 'turn';
      readonly turnId: string;
      readonly form: TurnForm;
      readonly words: Words;
      readonly whenBusy: WhenBusy;
    }
  | { readonly op: 'stop' }
  | { readonly op: 'get' }
  | { readonly op: 'end'; readonly purge: boolean; readonly whenBusy: WhenBusy };

/** One call and its answer. Times are of the monotonic clock, in milliseconds. */
export interface Call {
  readonly key: ConversationKey;
  readonly request: Request;
  readonly server: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
}

/** A fault that was carried out. */
export interface Fault {
  readonly kind: FaultKind;
  /** The server that it hit; `null` for Redis itself. */
  readonly server: number | null;
  readonly detail: string;
  readonly from: number;
  /** The time at which it was undone, or ended by itself. */
  readonly to: number;
}

/** One server process, from its start to its end. */
export interface ServerProcess {
  readonly server: number;
  readonly instance: string;
  /** The time at which the test ended it; `null` while it runs. */
  readonly endedAt: number | null;
  /** Its output, if it ended on its own. */
  readonly crash: string | null;
  readonly journal: readonly { readonly at: number; readonly entry: JournalEntry }[];
}

/** Everything observed while the servers ran. */
export interface History {
  readonly calls: readonly Call[];
  readonly faults: readonly Fault[];
  readonly processes: readonly ServerProcess[];
  /** Keys once seen without an expiry. */
  readonly immortalKeys: readonly string[];
  /** Locks still present long after the last call. */
  readonly unfreedLeases: readonly string[];
  readonly settings: SettingsUnderTest;
}
