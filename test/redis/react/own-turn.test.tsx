import './support/install-dom.ts';
import { describe, expect, it } from 'vitest';
import { openPage } from './support/open-page.ts';
import { said } from './support/page.tsx';
import { turnIdsOf } from './support/sent-turns.ts';

describe("the user's own turn", () => {
  it('is shown at once, answered live, and then stored: never twice, and never missing in between', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('  To Bergen '));
    expect(said(chat.view)).toEqual(['user: hello', 'assistant: Where to?', 'user (sending): To Bergen']);
    expect(chat.view).toMatchObject({
      isSending: true,
      pending: { input: { type: 'text', text: '  To Bergen ' }, phase: 'sending', error: null },
    });
    const asked = await page.agent.asked();
    asked.works('Looking at the map');
    const working = await chat.until(({ live }) => live?.typing === true);
    expect(working.live).toMatchObject({ turnId: working.pending?.turnId, typingText: 'Looking at the map' });
    asked.says('Bergen it');
    const speaking = await chat.until(({ live }) => live?.texts.length === 1);
    expect(speaking.live).toMatchObject({ typing: false, typingText: null, texts: [{ text: 'Bergen it' }] });
    expect(speaking.busy).toBeNull();
    asked.answers({ text: 'Bergen it is.', data: { destination: 'Bergen' } });
    await chat.until(({ workflowState }) => workflowState?.turnCount === 2);
    await chat.until(({ pending }) => pending === null);
    const whole = ['user: hello', 'assistant: Where to?', 'user: To Bergen', 'assistant: Bergen it is.'];
    expect(said(chat.view)).toEqual(whole);
    expect(chat.view).toMatchObject({
      ...{ live: null, isSending: false },
      workflowState: { collected: { destination: 'Bergen' } },
      lastTurn: { collected: { destination: 'Bergen' } },
      suggestedInput: { field: 'departure' },
    });
    for (const view of chat.views.slice(chat.views.findIndex(({ isSending }) => isSending))) {
      const user = view.messages.filter(({ text }) => text === 'To Bergen');
      expect(user).toHaveLength(1);
      const answers = view.messages.filter(({ text }) => text === 'Bergen it is.').length;
      // The stored turn replaces the live one in the same render.
      expect(answers === 1 ? view.live : null).toBeNull();
    }
    expect(page.sentTo('get')).toHaveLength(1);
  });

  it('is taken back when it rolls back, its input kept; retried with its id, it happens once', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1 } } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    const first = await page.agent.asked();
    first.says('Bergen');
    await chat.until(({ live }) => live !== null);
    first.fails();
    const failed = await chat.until(({ pending }) => pending?.phase === 'failed');
    expect(failed).toMatchObject({
      isSending: false,
      pending: {
        input: { type: 'text', text: 'To Bergen' },
        error: { reason: 'AGENT_FAILED', retryable: true },
        isOutcomeUnknown: false,
      },
    });
    expect(said(failed)).toEqual(['user: hello', 'assistant: Where to?']);
    await chat.until(({ live }) => live === null);
    chat.do((view) => view.retry());
    expect(chat.view.pending).toMatchObject({ phase: 'sending', error: null });
    (await page.agent.asked()).answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
    const turnIds = turnIdsOf(page);
    expect(turnIds).toEqual([failed.pending?.turnId, failed.pending?.turnId]);
  });

  it('returns its input when it is given up', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1 } } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => expect(view.discard()).toBeNull());
    chat.do((view) => view.send('To Bergen'));
    chat.do((view) => expect(view.discard()).toBeNull());
    (await page.agent.asked()).fails();
    await chat.until(({ pending }) => pending?.phase === 'failed');
    chat.do((view) => expect(view.discard()).toEqual({ type: 'text', text: 'To Bergen' }));
    expect(chat.view).toMatchObject({ pending: null, isSending: false });
    expect(said(chat.view)).toEqual(['user: hello', 'assistant: Where to?']);
  });

  it('is one at a time: another is not sent meanwhile', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => {
      view.send('one');
      view.send('two');
    });
    const asked = await page.agent.asked();
    chat.do((view) => view.retry());
    asked.answers('One.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: one', 'assistant: One.']);
    expect(page.sentTo('turn')).toHaveLength(1);
  });

  it('says what is wrong with it', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('   '));
    const { pending } = await chat.until((view) => view.pending?.phase === 'failed');
    expect(pending).toMatchObject({
      error: { reason: 'INVALID_INPUT', issues: [{ path: 'input.text', message: 'must not be empty' }] },
    });
  });

  it('is shown from its own answer if the watch does not report it', async () => {
    await using page = await openPage({ env: { MAX_WATCHERS_PER_USER: '0' } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'interrupted');
    chat.do((view) => view.send('To Bergen'));
    (await page.agent.asked()).answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
  });
});

describe('a turn that nobody confirmed', () => {
  it('stays so when a retry is refused unread, until the server has looked for it', async () => {
    let refuses = false;
    const refusing: typeof fetch = (request, init) =>
      refuses && new Request(request).url.includes('workflow.turn')
        ? Promise.resolve(new Response('Forbidden', { status: 403 }))
        : fetch(request, init);
    await using page = await openPage({ client: { retry: { attempts: 1 }, fetch: refusing } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    const asked = await page.agent.asked();
    page.front.cut();
    await chat.until(({ pending }) => pending?.phase === 'failed');
    refuses = true;
    for (let times = 1; times <= 2; times += 1) {
      chat.do((view) => view.retry());
      const refused = await chat.until(({ pending }) => pending?.phase === 'failed');
      expect(refused.pending).toMatchObject({ isOutcomeUnknown: true, error: { httpStatus: 403 } });
      expect(said(refused).at(-1)).toBe('user (failed): To Bergen');
    }
    refuses = false;
    asked.fails();
    chat.do((view) => view.retry({ whenBusy: 'wait' }));
    (await page.agent.asked()).fails();
    const settled = await chat.until(({ pending }) => pending?.phase === 'failed');
    expect(settled.pending).toMatchObject({ isOutcomeUnknown: false, error: { reason: 'AGENT_FAILED' } });
    refuses = true;
    chat.do((view) => {
      view.discard();
      view.send('To Oslo');
    });
    const other = await chat.until(({ pending }) => pending?.phase === 'failed');
    expect(other.pending).toMatchObject({ isOutcomeUnknown: false, error: { httpStatus: 403 } });
  });

  it('stays among the messages as failed, and is settled by the watch once it turns out to be stored', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1 } } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    const asked = await page.agent.asked();
    page.front.cut();
    const failed = await chat.until(({ pending }) => pending?.phase === 'failed');
    expect(failed.pending).toMatchObject({ isOutcomeUnknown: true, error: { reason: 'UNREACHABLE' } });
    expect(said(failed).at(-1)).toBe('user (failed): To Bergen');
    asked.answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
    expect(turnIdsOf(page)).toHaveLength(1);
  });

  it('gets the recorded answer when it is retried', async () => {
    await using page = await openPage({
      env: { MAX_WATCHERS_PER_USER: '0' },
      client: { retry: { attempts: 1 } },
    });
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'interrupted');
    chat.do((view) => view.send('To Bergen'));
    const asked = await page.agent.asked();
    page.front.cut();
    await chat.until(({ pending }) => pending?.phase === 'failed');
    asked.answers('Bergen it is.');
    // The turn is stored, but this page does not know; and another one follows.
    const next = conversation.turn('and back', { whenBusy: 'wait' });
    (await page.agent.asked()).answers('And back.');
    await next;
    chat.do((view) => view.retry());
    await chat.until(({ pending, messages }) => pending === null && messages.length === 6);
    expect(said(chat.view).slice(2)).toEqual([
      ...['user: To Bergen', 'assistant: Bergen it is.'],
      ...['user: and back', 'assistant: And back.'],
    ]);
    expect(page.agent.heard).toEqual(['hello', 'To Bergen', 'and back']);
  });

  it('vanishes when it turns out to be stored while it is retried', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1 } } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    const asked = await page.agent.asked();
    page.front.cut();
    await chat.until(({ pending }) => pending?.phase === 'failed');
    chat.do((view) => view.retry());
    asked.answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
    expect(page.agent.heard).toEqual(['hello', 'To Bergen']);
  });
});

describe("somebody else's turn", () => {
  it('makes the conversation busy, as the watch shows', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    const turn = conversation.turn('elsewhere', { turnId: 'other' });
    const asked = await page.agent.asked();
    await chat.until(({ busy }) => busy?.turnId === 'other');
    asked.answers('Noted.');
    await turn;
    await chat.until(({ busy }) => busy === null);
  });

  it('refuses one of ours at once, with its age, and can be interrupted by a retry', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1_000 } } });
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    const other = conversation.turn('elsewhere', { turnId: 'other' }).catch((error: unknown) => error);
    await page.agent.asked();
    chat.do((view) => view.send('ours'));
    const refused = await chat.until(({ pending }) => pending?.phase === 'failed');
    expect(refused.pending?.error).toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    expect(refused.busy?.runningForMs).toBeTypeOf('number');
    expect(page.sentTo('turn')).toHaveLength(1);
    chat.do((view) => view.retry({ whenBusy: 'interrupt' }));
    (await page.agent.asked()).answers('Ours it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: ours', 'assistant: Ours it is.']);
    expect(await other).toMatchObject({ reason: 'TURN_INTERRUPTED' });
    expect(chat.view.busy).toBeNull();
  });

  it('can be interrupted while one of ours waits for it', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1_000 } } });
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    const other = conversation.turn('elsewhere', { turnId: 'other' }).catch((error: unknown) => error);
    await page.agent.asked();
    await chat.until(({ busy }) => busy !== null);
    chat.do((view) => view.send('ours', { whenBusy: 'wait' }));
    chat.do((view) => view.retry({ whenBusy: 'interrupt' }));
    (await page.agent.asked()).answers('Ours it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual(['user: ours', 'assistant: Ours it is.']);
    expect(await other).toMatchObject({ reason: 'TURN_INTERRUPTED' });
    expect(new Set(turnIdsOf(page)).size).toBe(1);
  });

  it.each([
    { where: 'it is sent so', ofComponent: undefined, ofTurn: 'interrupt' },
    { where: 'its component has it so', ofComponent: 'interrupt', ofTurn: undefined },
    { where: 'it is sent so, whatever its component has', ofComponent: 'reject', ofTurn: 'interrupt' },
  ] as const)('is interrupted at once by one of ours if $where', async ({ ofComponent, ofTurn }) => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c', whenBusy: ofComponent });
    await chat.until(({ connection }) => connection === 'live');
    const other = conversation.turn('elsewhere').catch((error: unknown) => error);
    await page.agent.asked();
    chat.do((view) => view.send('ours', { whenBusy: ofTurn }));
    (await page.agent.asked()).answers('Ours it is.');
    await chat.until(({ pending }) => pending === null);
    expect(await other).toMatchObject({ reason: 'TURN_INTERRUPTED' });
  });

  it('interrupts ours: that is not tried again by itself, and can be', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('ours'));
    await page.agent.asked();
    const other = conversation.turn('elsewhere', { whenBusy: 'interrupt' });
    const asked = await page.agent.asked();
    await chat.until(({ pending }) => pending?.error?.reason === 'TURN_INTERRUPTED');
    asked.answers('Noted.');
    await other;
    chat.do((view) => view.retry());
    (await page.agent.asked()).answers('Ours it is.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual([
      ...['user: elsewhere', 'assistant: Noted.'],
      ...['user: ours', 'assistant: Ours it is.'],
    ]);
  });
});

describe('a card', () => {
  it('is submitted as a turn, and what was entered is shown as the user’s', async () => {
    await using page = await openPage();
    const card = {
      type: 'AdaptiveCard',
      version: '1.5',
      body: [{ type: 'Input.Text', id: 'destination' }],
      actions: [{ type: 'Action.Submit', title: 'Send', id: 'send' }],
    };
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: card };
    const opening = page.elsewhere.conversation('travel', 'c').turn('hello');
    (await page.agent.asked()).answers([{ type: 'message', attachments: [attachment] }]);
    const cardId = (await opening).messages[0]?.cardId ?? '';
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.submitCard(cardId, { destination: 'Bergen' }, { action: 'send' }));
    expect(chat.view.messages.at(-1)).toMatchObject({
      ...{ role: 'user', kind: 'event', delivery: 'sending' },
      ...{ cardId, card: { destination: 'Bergen' }, action: 'send' },
    });
    (await page.agent.asked()).answers('Bergen it is.');
    await chat.until(({ pending }) => pending === null);
    expect(chat.view.messages.at(-2)).toMatchObject({
      ...{ id: '2.0', role: 'user', kind: 'event', delivery: 'stored' },
      ...{ cardId, card: { destination: 'Bergen' }, action: 'send' },
    });
  });
});
