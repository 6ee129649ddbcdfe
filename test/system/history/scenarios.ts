import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readScript } from '../../../server/redis/define-scripts.ts';
import type { Director } from './director.ts';
import { markOfCommit } from './redis-commands.ts';
import { settingsUnderTest } from './settings-under-test.ts';
import type { SettingsUnderTest } from './settings-under-test.ts';

/** A course of events that goes well with the product, and wrong with a certain part of it taken out. */
export interface Scenario {
  readonly name: string;
  /** @default those that all scenarios have in common */
  readonly settings?: SettingsUnderTest;
  readonly play: (director: Director, projectDir: string) => Promise<void>;
}

/** Longer than in a round: what is staged here has to happen in time, on a busy machine too. */
export const staged: SettingsUnderTest = {
  ...settingsUnderTest,
  lockTtlMs: 3_000,
  commandTimeoutMs: 500,
  turnTimeoutMs: 8_000,
};

/** A holder is stopped with its commit due until its lease has run out; then another asks the agent. */
export const pausedHolder: Scenario = {
  name: 'paused-holder',
  play: async (director) => {
    const { stopped: paused } = await director.stopAt(0, 'commit-due', () =>
      director.turn('paused', { server: 0 }),
    );
    await director.leaseIsFree();
    const next = director.turn('next', {
      server: 1,
      directive: { kind: 'answer', afterMs: staged.lockTtlMs },
    });
    await director.asked('next');
    director.goOn(0);
    await Promise.all([paused, next]);
  },
};

/** The same, and the other has committed by then. */
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
 * A holder is stopped with its commit due until its lease has run out, and another commits. Then a request for the lease
 * that the holder's connection sent again, its answer having been lost, reaches Redis after all: the holder's token is in
 * the lock once more, over a conversation that has moved on. It is an end, which goes into no log whose order would tell.
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
    // Rightly told STATE_CHANGED, which nothing but this explains.
    director.hangUp(0);
    await holder;
    await director.grantLease(token, staged.lockTtlMs);
    director.goOn(0);
    await director.leaseIsFree();
  },
};

/**
 * A server's request for the lease has to be sent twice, Redis having forgotten that script alone. Its load, sent after
 * the first try, is outdated when the second one wins the lease: the holder has committed in between.
 */
export const outdatedLoad: Scenario = {
  name: 'outdated-load',
  // The first try's answer is held up while the holder commits.
  settings: { ...staged, lockTtlMs: 6_000, commandTimeoutMs: 3_000 },
  play: async (director, projectDir) => {
    const { stage } = director;
    const { link } = stage.fleet.at(0);
    await director.turn('first', { server: 0 });
    const { stopped: holder } = await director.stopAt(1, 'commit-due', () =>
      director.turn('second', { server: 1 }),
    );
    const load = await scriptText(projectDir, 'load-conversation');
    await stage.observer.script('FLUSH');
    await stage.observer.script('LOAD', load);
    link.freeze('replies');
    const outdated = director.turn('third', { server: 0 });
    await director.until(() => link.holdsBack('replies'));
    director.goOn(1);
    await holder;
    link.mend();
    await outdated;
  },
};

/** The script as the server loads it: with the functions that it shares in front. */
async function scriptText(projectDir: string, operation: string): Promise<string> {
  const dir = join(projectDir, 'server/redis/scripts');
  const file = (await readdir(dir)).find((name) => name.startsWith(operation));
  return readScript(pathToFileURL(join(dir, file ?? operation))).text;
}

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

export const twoAtOnce: Scenario = {
  name: 'two-at-once',
  play: async (director) => {
    const first = director.turn('first', {
      server: 0,
      directive: { kind: 'answer', afterMs: staged.lockTtlMs },
    });
    await director.asked('first');
    const second = director.turn('second', {
      server: 1,
      directive: { kind: 'answer', afterMs: staged.lockTtlMs / 3 },
    });
    await Promise.all([first, second]);
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

/** Two identities whose parts are the same once they are joined. */
export const lookalikes: Scenario = {
  name: 'lookalikes',
  play: async (director) => {
    await director.turn('mine', { identity: 0 });
    await director.get({ identity: 1, server: 1 });
  },
};

/** A commit is carried out, and its answer lost. */
export const lostAnswer: Scenario = {
  name: 'lost-answer',
  play: async (director) => {
    const { stage } = director;
    await director.turn('first', { server: 0 });
    stage.fleet.at(0).link.eatReplyTo(markOfCommit);
    await director.turn('second', { server: 0 });
  },
};

/** The agent hears a turn that fails, then another. */
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
  outdatedLoad,
  singleTurn,
  repeatedTurn,
  twoAtOnce,
  namesakes,
  lookalikes,
  lostAnswer,
  failedTurn,
  turnAfterTheEnd,
] as const;
