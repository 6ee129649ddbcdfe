import { describe, expect, it } from 'vitest';
import {
  reconciled,
  withOlder,
  withTurn,
} from '../../../client-sdk/src/react/session/stored-conversation.ts';
import type {
  StoredConversation,
  TurnFacts,
} from '../../../client-sdk/src/react/session/stored-conversation.ts';

const begun = Date.parse('2027-03-01T09:00:00Z');

interface Standing {
  /** The number of its last turn. */
  readonly turns: number;
  /** The time of that turn's commit. @default as many minutes after it began */
  readonly at?: number;
  /** Distinguishes conversations with the same id. @default the first */
  readonly opened?: number;
  /** The number of the first turn that is shown. */
  readonly from?: number;
  readonly words?: string;
}

const stateOf = ({ turns, at = turns, opened = 0 }: Standing) => ({
  ...({
    status: 'active',
    currentStep: 'trip',
    collected: {},
    turnCount: turns,
    definitionVersion: 1,
  } as const),
  openedAt: new Date(begun + opened),
  updatedAt: new Date(begun + at * 60_000),
  expiresAt: new Date(begun + 86_400_000),
  sources: {},
  suggestedInput: { type: 'text' } as const,
  open: [],
});
const progress = {
  currentStep: 'trip',
  stepNumber: 1,
  totalSteps: 2,
  completedSteps: 0,
  percentComplete: 0,
  fieldsCollected: 0,
  fieldsRequired: 0,
  steps: [],
};
const standing = (how: Standing) => ({
  ...{ conversationId: 'c', workflowId: 'travel', progress },
  workflowState: stateOf(how),
});
const messageOf = (turn: number, words = 'said') =>
  ({ id: `${turn}.1`, role: 'assistant', turn, kind: 'text', text: `${words} ${turn}` }) as const;

function stored(how: Standing): StoredConversation {
  const { turns, from = 1, words } = how;
  const numbers = Array.from({ length: turns - from + 1 }, (_, index) => from + index);
  return {
    ...standing(how),
    lastTurn: null,
    messages: numbers.map((turn) => messageOf(turn, words)),
    olderBefore: from === 1 ? null : `${from}.0`,
  };
}

function told(how: Standing): TurnFacts {
  const turn = {
    ...{ number: how.turns, stateChanged: false, collected: {}, rejected: [], ignored: [], action: null },
    ...({
      step: { from: 'trip', to: 'trip' },
      parse: 'passthrough',
      parseIssues: [],
      citations: [],
    } as const),
  };
  return { ...standing(how), turn, messages: [messageOf(how.turns, how.words)] };
}

const texts = (conversation: StoredConversation | null) => conversation?.messages.map(({ text }) => text);

describe('a committed turn', () => {
  it('is added after the one before it, once', () => {
    const once = withTurn(stored({ turns: 2 }), told({ turns: 3 }));
    expect(texts(once)).toEqual(['said 1', 'said 2', 'said 3']);
    expect(texts(withTurn(once ?? undefined, told({ turns: 3 })))).toEqual(['said 1', 'said 2', 'said 3']);
  });

  it('can’t be added if one before it is missing', () => {
    expect(withTurn(stored({ turns: 2 }), told({ turns: 4 }))).toBeNull();
    expect(withTurn(undefined, told({ turns: 2 }))).toBeNull();
  });

  it('is the whole conversation if it is the first', () => {
    expect(texts(withTurn(undefined, told({ turns: 1 })))).toEqual(['said 1']);
    const another = told({ turns: 1, opened: 5 });
    expect(texts(withTurn(stored({ turns: 8 }), another))).toEqual(['said 1']);
  });

  it('changes nothing if later ones are known, because a query was faster', () => {
    const known = stored({ turns: 4 });
    expect(withTurn(known, told({ turns: 3 }))).toBe(known);
  });

  it('replaces those that Redis has lost, whose numbers are used again', () => {
    const known = stored({ turns: 4 });
    const anew = withTurn(known, told({ turns: 3, at: 9, words: 'anew' }));
    expect(texts(anew)).toEqual(['said 1', 'said 2', 'anew 3']);
    expect(anew?.workflowState.turnCount).toBe(3);
  });
});

describe('a query’s answer', () => {
  const before = stored({ turns: 2 });

  it('does not remove turns that were seen while it was under way', () => {
    const now = withTurn(before, told({ turns: 3 })) ?? before;
    expect(reconciled(stored({ turns: 2 }), { before, now })).toBe(now);
  });

  it('replaces cached turns that Redis has lost', () => {
    const fetched = stored({ turns: 1 });
    expect(reconciled(fetched, { before, now: before })).toBe(fetched);
  });

  it('replaces everything if it is another conversation of the same id', () => {
    const fetched = stored({ turns: 1, opened: 5 });
    expect(reconciled(fetched, { before: stored({ turns: 8 }), now: stored({ turns: 9 }) })).toBe(fetched);
  });

  it('keeps the older pages that lead up to it', () => {
    const known = withOlder(stored({ turns: 6, from: 4 }), stored({ turns: 3, from: 2 }));
    expect(texts(known)).toEqual(['said 2', 'said 3', 'said 4', 'said 5', 'said 6']);
    const both = reconciled(stored({ turns: 7, from: 5 }), { before: known, now: known });
    expect(texts(both)).toEqual(['said 2', 'said 3', 'said 4', 'said 5', 'said 6', 'said 7']);
    expect(both.olderBefore).toBe('2.0');
  });

  it('drops them if there are unseen messages in between', () => {
    const known = stored({ turns: 3 });
    const fetched = stored({ turns: 20, from: 15 });
    expect(reconciled(fetched, { before: known, now: known })).toBe(fetched);
  });
});
