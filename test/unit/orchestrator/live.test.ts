import { describe, expect, it } from 'vitest';
import { Cancellation } from '../../../server/orchestrator/cancellation.ts';
import { leaseLost } from '../../../server/orchestrator/failures.ts';
import { noLiveObserver } from '../../../server/orchestrator/ports/live-observer.ts';
import type { LiveObserver, LiveTurn } from '../../../server/orchestrator/ports/live-observer.ts';
import { finalMessage, piece, pieces, wholes } from '../answer/live/sample-pieces.ts';
import { key } from '../../redis/store/sample-turns.ts';
import { deferred } from '../../support/deferred.ts';
import { asking, saying } from './ask.ts';

const words = ['Where', ' would', ' you go?'];

describe('an answer that comes in pieces', () => {
  it('is shown while it comes, with the turn it belongs to', async () => {
    const seen = deferred();
    const turns: LiveTurn[] = [];
    const live: LiveObserver = {
      ...noLiveObserver,
      show: (turn) => {
        turns.push(turn);
        seen.resolve();
      },
    };
    const { answer } = asking(
      async function* () {
        yield { type: 'typing' };
        // The answer goes on only once its beginning has been shown.
        await seen.promise;
        yield { type: 'message', text: 'Hello' };
      },
      { live },
    );
    await answer;
    const turn = { key, turnId: 'turn-1', turnNumber: 3 };
    expect(turns).toEqual([turn, turn]);
  });

  it('is kept as its final message alone', async () => {
    const { answer, shown, events } = asking(saying(...pieces(wholes(words)), finalMessage('Where to?')));
    expect((await answer).said).toEqual([finalMessage('Where to?')]);
    expect(shown.map((event) => (event.type === 'message.delta' ? event.text : null))).toEqual([
      ...words,
      'Where to?',
    ]);
    expect(events).toMatchObject([{ type: 'agent.answered', activities: 4 }]);
  });

  it('is kept in one piece, in its place, when no final message comes', async () => {
    const { answer } = asking(
      saying(
        piece('Whe', { streamSequence: 1 }),
        { type: 'event', name: 'e' },
        piece('Where', { streamSequence: 2 }),
      ),
    );
    expect((await answer).said).toMatchObject([
      { type: 'message', text: 'Where' },
      { type: 'event', name: 'e' },
    ]);
  });

  it('may repeat itself for long without being kept that often', async () => {
    const text = 'x'.repeat(1_000);
    const many = Array.from({ length: 10_000 }, (_, index) =>
      piece(text.slice(0, 1 + (index % 1_000)), { streamSequence: index + 1, chunkType: 'full' }),
    );
    expect((await asking(saying(...many)).answer).said).toHaveLength(1);
  });

  it('is not shown where it is meant for somebody else', async () => {
    const forSkill = { ...piece('Secret'), recipient: { role: 'skill' } };
    const echo = { type: 'message', text: 'What I said', from: { role: 'user' } };
    const { answer, shown } = asking(saying(forSkill, echo, { type: 'message', text: 'Hello' }));
    await answer;
    expect(shown).toEqual([{ type: 'message.delta', streamId: 'message-1', offset: 0, text: 'Hello' }]);
  });

  it('is shown no more once the turn is over', async () => {
    const loss = new Cancellation();
    const begun = deferred();
    const goOn = deferred();
    const ended = deferred();
    const { answer, shown } = asking(
      async function* () {
        try {
          yield piece('Where', { streamSequence: 1 });
          begun.resolve();
          await goOn.promise;
          yield finalMessage('Where to?');
        } finally {
          ended.resolve();
        }
      },
      { loss },
    );
    await begun.promise;
    loss.cancel(leaseLost());
    await expect(answer).rejects.toMatchObject({ reason: 'LEASE_LOST' });
    goOn.resolve();
    await ended.promise;
    expect(shown).toEqual([{ type: 'message.delta', streamId: '1', offset: 0, text: 'Where' }]);
  });
});

describe('an observer that fails', () => {
  it('does the turn no harm: it is reported once and shown no more of it', async () => {
    let calls = 0;
    const live: LiveObserver = {
      ...noLiveObserver,
      show: () => {
        calls += 1;
        throw new Error('watching is broken');
      },
    };
    const { answer, events } = asking(saying(...pieces(words), finalMessage(words.join(''))), { live });
    expect((await answer).said).toHaveLength(1);
    expect(calls).toBe(1);
    expect(events.map(({ type }) => type)).toEqual(['error.unexpected', 'agent.answered']);
  });
});
