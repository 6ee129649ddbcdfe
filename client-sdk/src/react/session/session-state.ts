import type { Summary } from '../../../../contract/workflow-state.ts';
import type { TurnkeeperClientError } from '../../client-error.ts';
import type { Ending, OtherTurn, PendingTurn, WatchConnection } from '../types.ts';
import type { RunningTurn } from './live-answer.ts';
import type { StoredConversation } from './stored-conversation.ts';

/** All that is known of a conversation that is shown, but for what each component makes of it. */
export interface SessionState {
  readonly stored: StoredConversation | undefined;
  /** The server has none of this id. */
  readonly isMissing: boolean;
  /** It was purged or forgotten while it was shown. */
  readonly isGone: boolean;
  readonly loadError: TurnkeeperClientError | null;
  readonly watchError: TurnkeeperClientError | null;
  readonly olderError: TurnkeeperClientError | null;
  readonly isLoadingOlder: boolean;
  readonly connection: WatchConnection;
  readonly running: RunningTurn | null;
  readonly pending: PendingTurn | null;
  /** The other turn that the server refused one's own for. */
  readonly refusedFor: OtherTurn | null;
  readonly summary: Summary | null;
  readonly ending: Ending;
}

export const initialState: SessionState = {
  stored: undefined,
  isMissing: false,
  isGone: false,
  loadError: null,
  watchError: null,
  olderError: null,
  isLoadingOlder: false,
  connection: 'connecting',
  running: null,
  pending: null,
  refusedFor: null,
  summary: null,
  ending: { isPending: false, error: null },
};
