import './support/install-dom.ts';
import { onlineManager } from '@tanstack/react-query';
import { afterEach, describe, expect, it } from 'vitest';
import { openPage } from './support/open-page.ts';
import { said } from './support/page.tsx';
import { turnIdsOf } from './support/sent-turns.ts';

afterEach(() => onlineManager.setOnline(true));

const nowhere = 'http://127.0.0.1:9';

/** A page that has sent a turn without a connection, and has found out. */
async function openUnsent() {
  const page = await openPage();
  await page.say('c');
  const chat = page.show({ conversationId: 'c' });
  await chat.until(({ connection }) => connection === 'live');
  page.front.aim(nowhere);
  page.front.cut();
  await chat.until(({ connection }) => connection === 'interrupted');
  chat.do((view) => view.send('To Bergen'));
  const { pending } = await chat.until((view) => view.pending?.phase === 'failed');
  expect(pending).toMatchObject({ isAwaitingConnection: true, isOvertaken: false });
  return {
    ...{ page, chat, sent: turnIdsOf(page).length },
    [Symbol.asyncDispose]: () => page[Symbol.asyncDispose](),
  };
}

describe('a turn that could not be sent', () => {
  it('is sent again by itself when the connection is back, with the same id, and happens once', async () => {
    await using unsent = await openUnsent();
    const { page, chat, sent } = unsent;
    page.front.aim(page.server.url);
    const asked = await page.agent.asked();
    expect(chat.view.pending).toMatchObject({ phase: 'sending', isAwaitingConnection: false });
    asked.answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
    expect(turnIdsOf(page)).toHaveLength(sent + 1);
    expect(new Set(turnIdsOf(page)).size).toBe(1);
    expect(page.agent.heard).toEqual(['hello', 'To Bergen']);
  });

  it('is not, once another turn was stored: the question may have changed', async () => {
    await using unsent = await openUnsent();
    const { page, chat, sent } = unsent;
    await page.say('c', 'To Oslo', 'And when?');
    page.front.aim(page.server.url);
    const overtaken = await chat.until(({ pending }) => pending?.isOvertaken === true);
    await chat.until(({ connection }) => connection === 'live');
    expect(overtaken.pending).toMatchObject({ phase: 'failed', isAwaitingConnection: false });
    expect(turnIdsOf(page)).toHaveLength(sent);

    // The user decides that it answers the new question, too.
    chat.do((view) => view.retry());
    expect(chat.view.pending).toMatchObject({ isOvertaken: false });
    (await page.agent.asked()).answers('Bergen, then.');
    await chat.until(({ pending }) => pending === null);
  });

  it('is sent when the device is back in the network, too, although the watch has noticed nothing', async () => {
    let isCut = false;
    await using page = await openPage({
      client: {
        fetch: (request, init) =>
          isCut ? Promise.reject(new TypeError('Failed to fetch')) : fetch(request, init),
      },
    });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    isCut = true;
    onlineManager.setOnline(false);
    chat.do((view) => view.send('To Bergen'));
    await chat.until(({ pending }) => pending?.isAwaitingConnection === true);
    isCut = false;
    onlineManager.setOnline(true);
    (await page.agent.asked()).answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
  });
});
