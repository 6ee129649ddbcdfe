import { describe, expect, it } from 'vitest';
import { identities, secretOf } from './actors.ts';
import { checkHistory } from './check/check-history.ts';
import type { History } from './history.ts';
import {
  answer,
  askedJournal,
  at,
  call,
  commitJournal,
  conversation,
  endCall,
  entry,
  historyOf,
  key,
  outcomeUnknown,
  refusal,
  storedOf,
  turnCall,
  view,
  words,
} from './sample-history.ts';
import type { Sample } from './sample-history.ts';
import { timeline } from './timeline.ts';

const first = entry(1, 'main-0.1', 'call-0');
const second = entry(2, 'main-0.2', 'call-1');
const [id1, id2, id3] = ['main-0.1', 'main-0.2', 'main-0.3'] as const;
const red1 = { red: `${secretOf(key)} ${id1}` };
const red2 = { red: `${secretOf(key)} ${id2}` };

const firstAsked = { turnId: id1, number: 1, call: 'call-0', memory: 'memory-0', collected: {} };
const secondAsked = { turnId: id2, number: 2, call: 'call-1', memory: 'memory-0', collected: red1 };
const thirdAsked = { turnId: id3, number: 3, call: 'call-2', memory: 'memory-2', collected: red2 };

const firstCall = turnCall(id1, { server: 0, from: 100, to: 130 }, answer(first));
const secondCall = turnCall(id2, { server: 1, from: 200, to: 230 }, answer(second));
const repeat = turnCall(id1, { server: 1, from: 300, to: 310 }, answer(first, true));
const read = call({ op: 'get' }, { server: 0, from: 400, to: 410 }, view([first, second]));
const calls = [firstCall, secondCall, repeat, read];

const journals = [
  [...askedJournal(firstAsked, { from: 105, to: 110 }), ...commitJournal(id1, { from: 112, to: 115 })],
  [...askedJournal(secondAsked, { from: 205, to: 210 }), ...commitJournal(id2, { from: 212, to: 215 })],
] as const;

/** A correct history: two turns on two servers, a repeat of the first, and a read at the end. */
const sound: Sample = { calls, journals, stored: storedOf([first, second]) };

const lost = refusal('LEASE_LOST');
const thirdRefused = turnCall(id3, { server: 1, from: 90, to: 700 }, lost);

/** Returns the violations in a sample, after a change that no sample can express. */
function found(
  sample: Partial<Sample>,
  change: (history: History) => History = (history) => history,
): string[] {
  const { history, stored } = historyOf({ ...sound, ...sample });
  return [...new Set(checkHistory(change(history), stored).map(({ check }) => check))];
}

describe('a sound history', () => {
  it('is found to be sound', () => {
    expect(found({})).toEqual([]);
  });

  it('stays sound when a turn has left the transcript, and is refused from then on', () => {
    const stored = { ...storedOf([first, second]), log: [second], first: 2, turnIds: new Map([[id2, 2]]) };
    const refused = turnCall(id1, { server: 1, from: 300, to: 310 }, refusal('TURN_ID_REUSED'));
    expect(found({ calls: [firstCall, secondCall, refused], stored })).toEqual([]);
    const again = entry(3, id1, 'call-2');
    const whole = storedOf([first, second, again]);
    const run = turnCall(id1, { server: 1, from: 300, to: 310 }, answer(again));
    expect(
      found({
        calls: [firstCall, secondCall, run],
        stored: { ...whole, log: [second, again], first: 2 },
      }),
    ).toContain('replays');
  });

  it('stays sound when a turn of unknown outcome is stored, and when it is not', () => {
    const broken = { kind: 'broken', why: 'TypeError' } as const;
    const later = { server: 0, from: 500, to: 510 };
    const served = call({ op: 'get' }, { server: 0, from: 600, to: 610 }, view([first, second]));
    for (const outcome of [broken, outcomeUnknown]) {
      expect(found({ calls: [...calls, turnCall(id3, later, outcome), served] })).toEqual([]);
      expect(found({ calls: [firstCall, { ...secondCall, outcome }, repeat, read] })).toEqual([]);
    }
  });
});

describe('numbers', () => {
  it('must have no gap', () => {
    const third = entry(3, id2, 'call-1');
    expect(found({ calls: [firstCall], stored: storedOf([first, third]) })).toContain('numbers');
  });

  it('must not repeat', () => {
    const twin = entry(1, id2, 'call-1');
    expect(found({ calls: [firstCall], stored: storedOf([first, twin]) })).toContain('numbers');
  });

  it('must be those that the turn ids lead to', () => {
    expect(found({ stored: { ...sound.stored, turnIds: new Map([[id1, 1]]) } })).toEqual(['numbers']);
  });

  it('must be as many as the state counts, and as it was committed', () => {
    const { state, ...rest } = sound.stored;
    if (state === null) throw new Error('the sample has no state');
    expect(found({ stored: { ...rest, state: { ...state, turnCount: 3 } } })).toEqual(['numbers']);
    expect(found({ stored: { ...rest, state: { ...state, revision: 3 } } })).toEqual(['numbers']);
  });
});

describe('an acknowledged turn', () => {
  it('must be stored', () => {
    const third = turnCall(id3, { server: 0, from: 500, to: 510 }, answer(entry(3, id3, 'call-2')));
    expect(found({ calls: [...calls, third] })).toEqual(['acknowledged']);
  });

  it('must be stored as it was acknowledged', () => {
    const other = { ...first.record, citations: ['https://example.com'] };
    const otherCall = { ...firstCall, outcome: answer({ ...first, record: other }) };
    expect(found({ calls: [otherCall, secondCall, read] })).toEqual(['acknowledged']);
  });

  it('must be stored once', () => {
    const again = { ...entry(3, id1, 'call-0') };
    expect(found({ stored: storedOf([first, second, again]) })).toContain('acknowledged');
  });
});

describe('a refused turn', () => {
  it('must not be stored', () => {
    expect(found({ calls: [firstCall, { ...secondCall, outcome: lost }, repeat, read] })).toEqual([
      'refused',
    ]);
  });

  it('must not be stored because a repeat of it was answered as a replay', () => {
    const replayed = turnCall(id2, { server: 0, from: 500, to: 510 }, answer(second, true));
    expect(found({ calls: [firstCall, { ...secondCall, outcome: lost }, repeat, read, replayed] })).toEqual([
      'refused',
    ]);
  });

  it('is one that somebody sent', () => {
    expect(found({ calls: [firstCall, repeat, read] })).toContain('refused');
  });
});

describe('a refused end', () => {
  const refusedEnd = endCall({ purge: false }, { server: 0, from: 350, to: 360 }, lost);
  const refusedPurge = endCall({ purge: true }, { server: 0, from: 350, to: 360 }, lost);
  const broken = { kind: 'broken', why: 'TypeError' } as const;
  const { state, ...rest } = sound.stored;
  if (state === null) throw new Error('the sample has no state');
  const ended = { ...rest, state: { ...state, status: 'ended', revision: 3 } };
  const gone = { ...rest, state: null, log: [], turnIds: new Map() };
  const unheard = {
    stored: gone,
    journals: [journals[0]],
    calls: [
      { ...firstCall, outcome: broken },
      { ...read, outcome: refusal('WORKFLOW_NOT_FOUND', 404) },
    ],
  };

  it('must not have ended the conversation', () => {
    expect(found({ calls: [...calls, refusedEnd], stored: ended })).toEqual(['refused']);
    expect(found({ stored: ended })).toEqual(['refused']);
    for (const outcome of [broken, outcomeUnknown])
      expect(found({ calls: [{ ...refusedEnd, outcome }, ...calls], stored: ended })).toEqual([]);
  });

  it('must not have ended it, even if another call was to purge it', () => {
    const purge = { ...refusedPurge, outcome: broken };
    expect(found({ calls: [refusedEnd, purge, ...calls], stored: ended })).toEqual(['refused']);
  });

  it('must not have purged it', () => {
    const purge = { ...refusedPurge, outcome: broken };
    expect(found({ ...unheard, calls: [refusedPurge, ...unheard.calls] })).toEqual(['refused']);
    expect(found({ ...unheard, calls: [purge, ...unheard.calls] })).toEqual([]);
  });

  it('must not be the reason for which a turn is refused', () => {
    const told = turnCall(id3, { server: 0, from: 500, to: 510 }, refusal('WORKFLOW_ENDED', 409));
    expect(found({ calls: [...calls, refusedEnd, told] })).toEqual(['refused']);
    expect(found({ calls: [...calls, { ...refusedEnd, outcome: broken }, told] })).toEqual([]);
  });
});

describe('a repeated turn', () => {
  it('must not run again', () => {
    const again = { ...repeat, outcome: answer(first) };
    expect(found({ calls: [firstCall, secondCall, again, read] })).toContain('replays');
  });

  it('must be answered as it was', () => {
    const other = { ...first, record: { ...first.record, citations: [] } };
    const again = { ...repeat, outcome: answer(other, true) };
    expect(found({ calls: [firstCall, secondCall, again, read] })).toContain('replays');
  });

  it('must not be refused once it was acknowledged, unless Redis is unavailable', () => {
    const after = { server: 1, from: 300, to: 310 };
    const withRepeat = (reason: string) =>
      found({ calls: [...calls, turnCall(id1, after, refusal(reason)), { ...read, server: 1 }] });
    expect(withRepeat('LEASE_LOST')).toEqual(['replays']);
    expect(withRepeat('STATE_STORE_UNAVAILABLE')).toEqual([]);
  });
});

describe('field values', () => {
  it('must be those that the turns made, in the state', () => {
    const { state, ...rest } = sound.stored;
    if (state === null) throw new Error('the sample has no state');
    expect(found({ stored: { ...rest, state: { ...state, collected: red1 } } })).toEqual(['fields']);
  });

  it('must be those that the turns made, after each turn', () => {
    const { workflowState, ...record } = second.record;
    const other = { ...second, record: { ...record, workflowState: { ...workflowState, collected: red1 } } };
    expect(found({ calls: [firstCall, repeat], stored: storedOf([first, other]) })).toContain('fields');
  });

  it('must be the fields that the agent got', () => {
    const misled = [...askedJournal({ ...secondAsked, collected: {} }, { from: 205, to: 210 })];
    expect(found({ journals: [journals[0], misled] })).toEqual(['fields']);
  });

  it('must come from an agent that was asked for this turn', () => {
    const other = [...askedJournal({ ...secondAsked, turnId: id3 }, { from: 205, to: 210 })];
    expect(found({ journals: [journals[0], other] })).toContain('fields');
    expect(found({ journals: [journals[0]] })).toEqual(['fields']);
  });

  it('must be those that the user gave', () => {
    const request = {
      op: 'turn',
      turnId: id2,
      form: 'words',
      words: words(id3),
      whenBusy: 'reject',
    } as const;
    expect(found({ calls: [firstCall, { ...secondCall, request }, repeat, read] })).toEqual(['fields']);
  });
});

describe('a turn that takes a change back', () => {
  /** The third turn, by which the second one is taken back. */
  const undo = (collected: Readonly<Record<string, string>>, undid = 2) => {
    const third = entry(3, id3, 'undone');
    const { workflowState } = third.record;
    const back: typeof third = {
      ...third,
      record: {
        ...third.record,
        messages: [{ role: 'user' }, { role: 'assistant', text: 'undone' }],
        workflowState: { ...workflowState, collected },
        turn: { number: 3, parse: 'structured', undid, collected: red1 },
      },
    };
    const sent = { op: 'turn', turnId: id3, form: 'undo', words: words(id3), whenBusy: 'reject' } as const;
    const undone = { ...turnCall(id3, { server: 0, from: 500, to: 510 }, answer(back)), request: sent };
    return found({ calls: [...calls, undone], stored: storedOf([first, second, back]) });
  };

  it('must restore the fields that were there before the last change', () => {
    expect(undo(red1)).toEqual([]);
    expect(undo(red2)).toEqual(['fields']);
    expect(undo(red1, 1)).toEqual(['fields']);
  });
});

it('a turn that sets a field without an agent must set what its caller entered', () => {
  const quiet = (entered: string) => {
    const third = entry(3, id3, '');
    const sent = words(id3);
    const data = { red: entered };
    const set: typeof third = {
      ...third,
      record: {
        ...third.record,
        messages: [{ role: 'user', text: third.record.messages[0]?.text, data }],
        workflowState: { ...third.record.workflowState, collected: data },
        turn: { number: 3, parse: 'none', collected: data },
      },
    };
    const request = { op: 'turn', turnId: id3, form: 'quiet data', words: sent, whenBusy: 'reject' } as const;
    const entering = { ...turnCall(id3, { server: 0, from: 500, to: 510 }, answer(set)), request };
    return found({ calls: [...calls, entering], stored: storedOf([first, second, set]) });
  };
  expect(quiet(words(id3).value ?? '')).toEqual([]);
  expect(quiet('something else')).toEqual(['fields']);
});

describe('the order', () => {
  it('must be that of the acknowledgements', () => {
    const early = { ...secondCall, startedAt: 10, endedAt: 20 };
    expect(found({ calls: [firstCall, early, repeat, read] })).toEqual(['order']);
  });

  it('must be what readers see', () => {
    expect(found({ calls: [...calls, { ...read, outcome: view([first]) }] })).toEqual(['order']);
    expect(found({ calls: [...calls, { ...read, outcome: refusal('WORKFLOW_NOT_FOUND', 404) }] })).toEqual([
      'order',
    ]);
  });

  it('shows readers the fields and messages of the turns up to then', () => {
    const { workflowState, ...record } = second.record;
    const otherFields = {
      ...second,
      record: { ...record, workflowState: { ...workflowState, collected: red1 } },
    };
    expect(found({ calls: [...calls, { ...read, outcome: view([first, otherFields]) }] })).toEqual(['order']);
    expect(found({ calls: [...calls, { ...read, outcome: view([second, second]) }] })).toEqual(['order']);
  });
});

describe('an ended conversation', () => {
  const end = endCall({ purge: false }, { server: 0, from: 150, to: 160 }, { kind: 'answered', answer: {} });

  it('must be stored as ended', () => {
    expect(found({ calls: [firstCall, secondCall, { ...end, startedAt: 450, endedAt: 460 }] })).toEqual([
      'ends',
    ]);
  });

  it('must take no turn', () => {
    expect(found({ calls: [firstCall, end, secondCall] })).toContain('ends');
  });
});

describe('two agent calls at once', () => {
  const overlapping = askedJournal(thirdAsked, { from: 107, to: 190 });
  const both = { calls: [...calls, thirdRefused, { ...read, server: 1 }] };

  it('are reported, each under a valid lease', () => {
    expect(found({ ...both, journals: [journals[0], [...overlapping, ...journals[1]]] })).toContain(
      'one agent call',
    );
  });

  it('are not, if the process of one stalled until its lease may have expired', () => {
    const stall = at(105, { type: 'stall', from: -2_000, to: 105 });
    const longer = [stall, ...askedJournal(firstAsked, { from: 105, to: 110 })];
    expect(found({ ...both, journals: [longer, [...overlapping, ...journals[1]]] })).not.toContain(
      'one agent call',
    );
  });

  it('are not, if one may have interrupted the other', () => {
    const interrupting = turnCall(id3, { server: 1, from: 90, to: 700 }, lost, 'interrupt');
    const journaled = [journals[0], [...overlapping, ...journals[1]]];
    expect(
      found({ calls: [...calls, interrupting, { ...read, server: 1 }], journals: journaled }),
    ).not.toContain('one agent call');
  });

  it('are reported where both leases were extended long after they were won', () => {
    const extended = (moment: number) => at(moment, { type: 'event', event: 'lease.extended', ...key });
    const long = [
      ...askedJournal({ ...thirdAsked, call: 'call-3' }, { from: 2_000, to: 9_000 }),
      extended(5_000),
    ];
    const other = [...askedJournal(thirdAsked, { from: 4_900, to: 9_000 }), extended(5_100)];
    const until = { server: 1, from: 1_900, to: 9_000 };
    const served = call({ op: 'get' }, { server: 1, from: 9_100, to: 9_200 }, view([first, second]));
    const withThird = [...calls, turnCall(id3, until, lost), served];
    const journaled = [
      [...journals[0], ...long],
      [...journals[1], ...other],
    ];
    expect(found({ calls: withThird, journals: journaled })).toContain('one agent call');
  });
});

describe('a commit', () => {
  it("must not happen under another's valid lease", () => {
    const holding = askedJournal(thirdAsked, { from: 111, to: 150 });
    const journaled = [journals[0], [...holding, ...journals[1]]];
    expect(found({ calls: [...calls, thirdRefused, { ...read, server: 1 }], journals: journaled })).toEqual([
      'fenced',
    ]);
  });
});

describe('an agent', () => {
  it('must not be asked where it heard of a turn that never happened', () => {
    const unheard = askedJournal({ ...thirdAsked, memory: 'memory-0' }, { from: 150, to: 160 });
    const refused = turnCall(id3, { server: 0, from: 140, to: 170 }, lost);
    expect(
      found({ calls: [...calls, refused, read], journals: [[...journals[0], ...unheard], journals[1]] }),
    ).toEqual(['agent memory']);
  });
});

describe('keys', () => {
  it('must expire', () => {
    expect(found({}, (history) => ({ ...history, immortalKeys: ['history:{x}:state'] }))).toEqual(['expiry']);
  });
});

describe("another's data", () => {
  const [, stranger] = identities;
  const secret = stranger === undefined ? '' : secretOf(stranger);

  it('must not be in an answer', () => {
    const outcome = refusal('TURN_IN_PROGRESS', 409, `somebody said ${secret}`);
    const told = turnCall(id3, { server: 0, from: 500, to: 510 }, outcome);
    expect(found({ calls: [...calls, told] })).toEqual(['isolation']);
  });

  it('must not be told to the agent', () => {
    const [started, asked, ...rest] = journals[0];
    if (started === undefined || asked?.entry.type !== 'agent.asked')
      throw new Error('the sample asks no agent');
    const leaky = [started, at(asked.at, { ...asked.entry, strangers: [secret] }), ...rest];
    expect(found({ journals: [leaky, journals[1]] })).toEqual(['isolation']);
  });

  it('must not be stored with ours', () => {
    expect(found({ stored: { ...sound.stored, text: secret } })).toEqual(['isolation']);
  });
});

describe('a call that asks to wait', () => {
  const tooSoon = { server: 0, from: 300, to: 500 };
  const busy = refusal('TURN_IN_PROGRESS');

  it('must not be refused before the wait is over', () => {
    const waiting = turnCall(id3, tooSoon, busy, 'wait');
    expect(found({ calls: [...calls, waiting] })).toEqual(['patience']);
    expect(found({ calls: [...calls, { ...waiting, endedAt: 3_400 }] })).toEqual([]);
  });

  it('must not be, with an end, either', () => {
    const waiting = endCall({ purge: false, whenBusy: 'wait' }, tooSoon, busy);
    expect(found({ calls: [...calls, waiting] })).toEqual(['patience']);
    expect(found({ calls: [...calls, { ...waiting, endedAt: 3_400 }] })).toEqual([]);
    expect(found({ calls: [...calls, endCall({ purge: false }, tooSoon, busy)] })).toEqual([]);
  });

  it('may be a repeat of the running turn, too', () => {
    const running = askedJournal({ ...thirdAsked, call: 'call-3' }, { from: 250, to: 700 });
    const original = turnCall(id3, { server: 0, from: 240, to: 710 }, lost);
    const repeated = turnCall(id3, tooSoon, busy);
    const journaled = [[...journals[0], ...running], journals[1]];
    expect(found({ calls: [...calls, original, repeated], journals: journaled })).toEqual(['patience']);
  });
});

describe('a lease', () => {
  it('must be given back, or run out', () => {
    expect(found({}, (history) => ({ ...history, unfreedLeases: ['history:{x}:lock'] }))).toEqual(['freed']);
  });
});

describe('a server', () => {
  it('must refuse for expected reasons only', () => {
    const internal = turnCall(id3, { server: 0, from: 500, to: 510 }, refusal('INTERNAL', 500));
    expect(found({ calls: [...calls, internal] })).toEqual(['expected answers']);
  });

  it('must not crash', () => {
    const crashed = (history: History): History => ({
      ...history,
      processes: history.processes.map((process) => ({ ...process, crash: 'TypeError' })),
    });
    expect(found({}, crashed)).toEqual(['expected answers']);
  });

  it('must come back', () => {
    const gone = turnCall(id3, { server: 0, from: 500, to: 510 }, refusal('STATE_STORE_UNAVAILABLE', 503));
    expect(found({ calls: [...calls, gone] })).toEqual(['recovered']);
  });
});

describe('the timeline of a violation', () => {
  it('holds what happened to the turns that it is about, in order, and nothing before or after', () => {
    const { history } = historyOf(sound);
    const violation = { check: 'fields', conversation, message: 'wrong', turnIds: [id2], at: 230 };
    const lines = timeline(history, violation);
    expect(lines.map((line) => line.slice(12))).toEqual([
      `call     turn ${id2} (reject) → server 1`,
      `1.0      turn.started ${id2} 2`,
      `1.0      asks the agent: call-1 for turn 2 (${id2})`,
      `1.0      reaches commit-due (${id2})`,
      `1.0      turn.committed ${id2}`,
      `answer   turn ${id2} (reject) ← server 1: turn 2`,
    ]);
  });
});
