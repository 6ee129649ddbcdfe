/** The checks and steps of the scripts and the servers. A test can switch each off to see the harm that it prevents. */
export interface Rules {
  /** The commit checks that the lock holds its token: the fence. */
  readonly commitChecksToken: boolean;
  /** The commit checks the incarnation and the revision that were loaded. */
  readonly commitChecksRevision: boolean;
  /** The commit checks that its number comes after the log's last. */
  readonly commitChecksLog: boolean;
  /** The commit recognizes the stored state as its own work. */
  readonly commitKnowsItsState: boolean;
  /** The commit recognizes its turn id's record as its own work. */
  readonly commitKnowsItsTurn: boolean;
  /** The load returns the turn that used a turn id. */
  readonly loadTellsUse: boolean;
  /** The acquire script refuses a lease that another holds, or that is kept for another: mutual exclusion. */
  readonly acquireChecksOwner: boolean;
  /** The acquire script recognizes its own token. */
  readonly acquireKnowsItself: boolean;
  /** A holder that did not finish cleanly makes the next open a fresh agent conversation. */
  readonly marksStale: boolean;
  /** A holder that releases the lease without having spoken to an agent keeps an earlier note. */
  readonly keepsStale: boolean;
  /** The commit frees the lease. With a quorum, which keeps it too, the holder releases it after the commit. */
  readonly commitFreesLease: boolean;
  /** A script that frees the lease keeps it for the first in the queue. */
  readonly handsOver: boolean;
  /** A waiting call enqueues again when the lease may have run out. */
  readonly enqueuesAgain: boolean;
  /** A commit without a reply is reported as one of unknown outcome, not as failed. */
  readonly admitsNotToKnow: boolean;
  /** A commit is acknowledged once the replica has it, too. */
  readonly commitWaits: boolean;
  /** A replay is acknowledged once the replica has its turn, too. */
  readonly replayWaits: boolean;
}

export const protocol: Rules = {
  commitChecksToken: true,
  commitChecksRevision: true,
  commitChecksLog: true,
  commitKnowsItsState: true,
  commitKnowsItsTurn: true,
  loadTellsUse: true,
  acquireChecksOwner: true,
  acquireKnowsItself: true,
  marksStale: true,
  keepsStale: true,
  commitFreesLease: true,
  handsOver: true,
  enqueuesAgain: true,
  admitsNotToKnow: true,
  commitWaits: true,
  replayWaits: true,
};
