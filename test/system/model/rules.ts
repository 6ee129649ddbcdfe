/** What the scripts and the servers check and do. Each can be taken out, to see what it is there for. */
export interface Rules {
  /** The commit checks that the lock holds its token: the fence. */
  readonly commitChecksToken: boolean;
  /** The commit checks the incarnation and the revision that were loaded. */
  readonly commitChecksRevision: boolean;
  /** The commit checks that its number is behind the log's last. */
  readonly commitChecksLog: boolean;
  /** The commit knows that the state is its own work. */
  readonly commitKnowsItsState: boolean;
  /** The commit knows that its turn id's record is its own work. */
  readonly commitKnowsItsTurn: boolean;
  /** The load tells what a turn id was used for. */
  readonly loadTellsUse: boolean;
  /** What was loaded under another's lease, or none, is loaded again. */
  readonly reloadsOutdated: boolean;
  /** Who is found to hold nothing even when it loads again gives up before the agent is asked. */
  readonly givesUpUnheld: boolean;
  /** The acquire script refuses a lease that another holds, or that is kept for another: mutual exclusion. */
  readonly acquireChecksOwner: boolean;
  /** The acquire script knows its own token. */
  readonly acquireKnowsItself: boolean;
  /** A holder that did not finish cleanly makes the next open a fresh agent conversation. */
  readonly marksStale: boolean;
  /** What a holder found so stays noted when it gives the lease back without having spoken to an agent. */
  readonly keepsStale: boolean;
  /** The commit frees the lease. Not where other Redis keep it too: then its holder gives it back after the commit. */
  readonly commitFreesLease: boolean;
  /** Who frees the lease keeps it for the first in line. */
  readonly callsNext: boolean;
  /** Who waits stands in line again when the lease may have run out. */
  readonly standsAgain: boolean;
  /** Whose commit is not answered is told that its outcome is unknown, not that it failed. */
  readonly admitsNotToKnow: boolean;
  /** A commit is acknowledged when the replica has it, too. */
  readonly commitWaits: boolean;
  /** So is a replay. */
  readonly replayWaits: boolean;
}

export const protocol: Rules = {
  commitChecksToken: true,
  commitChecksRevision: true,
  commitChecksLog: true,
  commitKnowsItsState: true,
  commitKnowsItsTurn: true,
  loadTellsUse: true,
  reloadsOutdated: true,
  givesUpUnheld: true,
  acquireChecksOwner: true,
  acquireKnowsItself: true,
  marksStale: true,
  keepsStale: true,
  commitFreesLease: true,
  callsNext: true,
  standsAgain: true,
  admitsNotToKnow: true,
  commitWaits: true,
  replayWaits: true,
};
