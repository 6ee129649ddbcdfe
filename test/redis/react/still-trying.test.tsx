import './support/install-dom.ts';
import { describe, expect, it } from 'vitest';
import { openPage } from './support/open-page.ts';

/** Latest time, in milliseconds, at which a person is told, with room for a busy machine. */
const promisedMs = 5_000;
const roomMs = 3_000;

describe('a person who waits for an answer', () => {
  it('sees the retries as soon as an attempt has failed, and why, until there is more to see', async () => {
    await using page = await openPage({ client: { retry: { baseDelayMs: 10 } } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    expect(chat.view.pending).toMatchObject({ attempt: 1, failedTry: null, isStillTrying: false });
    (await page.agent.asked()).fails();
    const trying = await chat.until(({ pending }) => pending?.isStillTrying === true);
    expect(trying.pending).toMatchObject({
      ...{ phase: 'sending', attempt: 2, error: null },
      failedTry: { reason: 'AGENT_FAILED' },
    });
    const second = await page.agent.asked();
    second.says('Bergen');
    await chat.until(({ pending, live }) => live?.texts.length === 1 && pending?.isStillTrying === false);
    second.fails();
    const kept = await chat.until(({ pending }) => pending?.attempt === 3);
    const third = await page.agent.asked();
    // The words of the second try do not vanish from under their reader.
    await chat.until(({ live }) => live?.isOfFailedTry === true);
    const seen = chat.views.slice(chat.views.findIndex(({ live }) => live?.texts.length === 1));
    expect(seen.every(({ live }) => live?.texts[0]?.text === 'Bergen')).toBe(true);
    expect(kept.pending?.phase).toBe('sending');
    third.fails();
    // Three tries are the default where a person waits.
    const failed = await chat.until(({ pending }) => pending?.phase === 'failed');
    await chat.until(({ live }) => live === null);
    expect(failed.pending).toMatchObject({ isStillTrying: false, error: { reason: 'AGENT_FAILED' } });

    chat.do((view) => view.retry());
    expect(chat.view.pending).toMatchObject({ attempt: 1, failedTry: null, isStillTrying: false });
    (await page.agent.asked()).answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
  });

  it('sees it within 5 s if nothing comes, although the agent reports that it is at work', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    const began = performance.now();
    chat.do((view) => view.send('To Bergen'));
    const asked = await page.agent.asked();
    asked.works();
    const slow = await chat.until(({ pending }) => pending?.isStillTrying === true);
    expect(performance.now() - began).toBeLessThan(promisedMs + roomMs);
    expect(slow.pending).toMatchObject({ phase: 'sending', attempt: 1, failedTry: null });
    asked.works('Looking at the map');
    await chat.until(({ pending }) => pending?.isStillTrying === false);
    asked.answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
  });
});

describe('an agent that takes all its time', () => {
  it('is not asked again by itself: the person decides whether to wait for as long once more', async () => {
    await using page = await openPage({ env: { TURN_TIMEOUT_MS: '1000' } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    const { pending } = await chat.until((view) => view.pending?.phase === 'failed');
    expect(pending).toMatchObject({ attempt: 1, error: { reason: 'AGENT_TIMEOUT', retryable: true } });
    expect(page.sentTo('turn')).toHaveLength(1);
  });
});

describe('a conversation that is not there yet', () => {
  it('is requested without an HTTP error, which a browser would log', async () => {
    const statuses: number[] = [];
    await using page = await openPage({
      client: {
        fetch: async (request, init) => {
          const response = await fetch(request, init);
          statuses.push(response.status);
          return response;
        },
      },
    });
    const chat = page.show({ conversationId: 'new', workflowId: 'travel', open: true });
    (await page.agent.asked()).answers('Where to?');
    await chat.until(({ status, pending }) => status === 'active' && pending === null);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('is 404 for a request that does not say it may be missing', async () => {
    await using page = await openPage();
    await expect(page.elsewhere.resume('none').get()).rejects.toMatchObject({ httpStatus: 404 });
    await expect(page.elsewhere.resume('none').get({ mayBeMissing: true })).rejects.toMatchObject({
      ...{ reason: 'WORKFLOW_NOT_FOUND', httpStatus: 200, retryable: false },
    });
  });
});
