import { limits } from '../../../server/domain/limits.ts';
import type { Director } from './director.ts';
import { markOfCommit } from './redis-commands.ts';
import { settingsUnderTest } from './settings-under-test.ts';
import type { SettingsUnderTest } from './settings-under-test.ts';

/** A course of events that the product handles, and that goes wrong without a certain part of it. */
export interface Scenario {
  readonly name: string;
  /** @default the settings that all scenarios share */
  readonly settings?: SettingsUnderTest;
  readonly play: (director: Director) => Promise<void>;
}

/** Longer times than in a random round: the staged events have to happen in time, also on a busy machine. */
export const staged: SettingsUnderTest = {
  ...settingsUnderTest,
  lockTtlMs: 3_000,
  commandTimeoutMs: 500,
  turnTimeoutMs: 30_000,
};

/** A holder with its commit due is stopped until its lease has expired; then another call asks the agent. */
export const pausedHolder: Scenario = {
  name: 'paused-holder',
  play: async (director) => {
    const { stopped: paused } = await director.stopAt(0, 'commit-due', () =>
      director.turn('paused', { server: 0 }),
    );
    await director.leaseIsFree();
    const next = director.turn('next', { server: 1, directive: { kind: 'answer when told' } });
    await director.asked('next');
    director.goOn(0);
    await paused;
    director.letAnswer(1);
    await next;
  },
};

/** The same, and the other call has committed by then. */
export const overtakenHolder: Scenario = {
  name: 'overtaken-holder',
  play: async (director) => {
    const { stopped: paused } = await director.stopAt(0, 'commit-due', () =>
      director.turn('paused', { server: 0 }),
    );
    await director.leaseIsFree();
    await director.turn('next', { server: 1 });
    director.goOn(0);
    await paused;
  },
};

/**
 * A holder with its commit due is stopped until its lease has expired, and another call commits. Then a repeated
 * request for the lease, sent on the holder's connection because its reply was lost, reaches Redis after all: the lock
 * contains the holder's token again, over a conversation that has moved on. The holder's call is an end, which writes
 * no log entry whose order would reveal it.
 */
export const revivedHolder: Scenario = {
  name: 'revived-holder',
  play: async (director) => {
    await director.turn('first', { server: 0 });
    const { stopped: holder } = await director.stopAt(0, 'commit-due', () => director.end({ server: 0 }));
    const token = await director.leaseToken();
    if (token === null) throw new Error('the lease ran out before its token was read');
    await director.leaseIsFree();
    await director.turn('second', { server: 1 });
    // STATE_CHANGED is right here, and only this scenario explains it.
    director.hangUp(0);
    await holder;
    await director.grantLease(token, staged.lockTtlMs);
    director.goOn(0);
    await director.leaseIsFree();
  },
};

export const singleTurn: Scenario = {
  name: 'single-turn',
  play: async (director) => {
    await director.turn('once');
  },
};

export const repeatedTurn: Scenario = {
  name: 'repeated-turn',
  play: async (director) => {
    await director.turn('again', { server: 0 });
    await director.turn('again', { server: 1 });
  },
};

/** A turn is sent again when its entry, and the exact record of its id, are gone long since. */
export const oldTurnAgain: Scenario = {
  name: 'old-turn-again',
  settings: { ...staged, transcriptMaxTurns: 1 },
  play: async (director) => {
    const turns = limits.logChanges + 2;
    for (let number = 1; number <= turns; number += 1) await director.turn(`turn-${number}`);
    await director.turn('turn-1', { server: 1 });
    await director.turn('new', { server: 1 });
  },
};

export const twoAtOnce: Scenario = {
  name: 'two-at-once',
  // Nothing expires here, and the checker believes in a lease only for the part of its life that no stall can have taken.
  settings: { ...staged, lockTtlMs: 60_000, turnTimeoutMs: 60_000 },
  play: async (director) => {
    const first = director.turn('first', { server: 0, directive: { kind: 'answer when told' } });
    await director.asked('first');
    await director.turn('second', { server: 1 });
    director.letAnswer(0);
    await first;
  },
};

/** Two users of one tenant use the same conversation id. */
export const namesakes: Scenario = {
  name: 'namesakes',
  play: async (director) => {
    await director.turn('mine', { identity: 0 });
    await director.turn('yours', { identity: 2, server: 1 });
    await director.get({ identity: 2 });
  },
};

/** Two identities whose parts are equal once they are joined. */
export const lookalikes: Scenario = {
  name: 'lookalikes',
  play: async (director) => {
    await director.turn('mine', { identity: 0 });
    await director.get({ identity: 1, server: 1 });
  },
};

/** Redis runs a commit, and its reply is lost. */
export const lostAnswer: Scenario = {
  name: 'lost-answer',
  play: async (director) => {
    const { stage } = director;
    await director.turn('first', { server: 0 });
    stage.fleet.at(0).link.eatReplyTo(markOfCommit);
    await director.turn('second', { server: 0 });
  },
};

/** The agent hears a turn that fails, then another one. */
export const failedTurn: Scenario = {
  name: 'failed-turn',
  play: async (director) => {
    await director.turn('first');
    await director.turn('second', { directive: { kind: 'fail' } });
    await director.turn('third');
  },
};

export const turnAfterTheEnd: Scenario = {
  name: 'turn-after-the-end',
  play: async (director) => {
    await director.turn('first');
    await director.end();
    await director.turn('second');
  },
};

export const scenarios = [
  pausedHolder,
  overtakenHolder,
  revivedHolder,
  singleTurn,
  repeatedTurn,
  oldTurnAgain,
  twoAtOnce,
  namesakes,
  lookalikes,
  lostAnswer,
  failedTurn,
  turnAfterTheEnd,
] as const;
