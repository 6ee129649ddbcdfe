import { describe, expect, it } from 'vitest';
import { vendorUpToTerms } from './filled-fields.ts';
import { play, playAll, incident, leave, vendor, workflowFromJson } from './play.ts';

describe('opening', () => {
  it.each([vendor, incident, leave])(
    'greets with the title, the steps and the first question: $id',
    async (workflow) => {
      const opened = await play(workflow).send({ type: 'open' });
      expect(opened.text).toContain(`**${workflow.title}**`);
      expect(opened.text).toContain(`Step 1 of ${opened.progress.totalSteps}`);
      expect(opened.text).toMatch(/(?:What is|Could you) .+\?/);
      expect(opened.delta).toMatchObject({ action: 'ask', parse: 'structured', collected: {} });
    },
  );

  it('says that a workflow with a conditional step may take one more', async () => {
    expect((await play(vendor).send({ type: 'open' })).text).toContain('in 4 to 5 short steps');
    expect((await play(leave).send({ type: 'open' })).text).toContain('in 3 short steps');
  });

  it('greets a first message without values, and does not treat it as an answer', async () => {
    for (const text of ['hi', 'I would like to add a new supplier', 'Good morning, who are you?']) {
      const turn = await play(vendor).say(text);
      expect(turn.text, text).toContain('Hello!');
      expect(turn.collected, text).toEqual({});
    }
  });

  it('takes the values in a first message', async () => {
    const turn = await play(leave).say('Hi, I need annual leave from 14 December 2026 for 5 days');
    expect(turn.collected).toEqual({ from: '2026-12-14', days: 5, kind: 'annual leave' });
    expect(turn.text).toContain('Hello!');
    expect(turn.suggestedInput).toMatchObject({ field: 'coveredBy' });
  });
});

describe('asking', () => {
  it('offers the choices of a field, numbered and as buttons', async () => {
    const turn = await playAll(play(vendor), 'Acme');
    expect(turn.text).toContain('1. limited company\n2. partnership');
    expect(turn.offers).toEqual([
      'limited company',
      'partnership',
      'sole trader',
      'non-profit',
      'public body',
    ]);
  });

  it('offers yes and no for a yes/no question', async () => {
    const turn = await play(vendor, { turnCount: 4, collected: vendorUpToTerms }).say('what?');
    expect(turn.offers).toEqual(['yes', 'no']);
    expect(turn.suggestedInput).toMatchObject({ field: 'handlesPersonalData' });
  });

  it('says what a date looks like and which numbers fit', async () => {
    const opened = await play(leave).send({ type: 'open' });
    expect(opened.text).toContain('(a date, like 2026-12-24 or next Friday)');
    expect((await playAll(play(leave), '7 December')).text).toContain('(a whole number from 1 to 60)');
  });

  it('announces the next step, and names the optional fields once, with the last required one', async () => {
    const conversation = play(leave);
    const days = await playAll(conversation, '7 December');
    expect(days.text).toContain('You can also tell me: **Starts at noon** (optional)');
    expect((await conversation.say('lots')).text).not.toContain('You can also');
    expect((await conversation.say('5')).text).toContain('**Step 2 of 3: Details**');
  });

  it('always asks for the field that the suggested input shows', async () => {
    const conversation = play(vendor);
    let turn = await conversation.send({ type: 'open' });
    const answers = ['Acme', 'partnership', 'Maria', 'm@a.example', '1 May 2027', '5', '7', 'no'];
    for (const answer of answers) {
      const asked = vendor.fields.get(turn.suggestedInput.field ?? '');
      expect(turn.text).toContain(asked?.jsonSchema['description']);
      turn = await conversation.say(answer);
    }
    expect(turn.suggestedInput).toEqual({ type: 'confirmation' });
  });

  it('asks with whatever description a definition has, and without any', async () => {
    const workflow = workflowFromJson({
      id: 'probe',
      version: 1,
      title: 'Probe',
      steps: [
        {
          id: 'only',
          title: 'Only',
          collects: {
            type: 'object',
            properties: {
              size: { type: 'number', description: 'Size of the room' },
              hasWindow: { type: 'boolean' },
              vatNumber: { type: 'string', pattern: '^[A-Z]{2}[0-9]{4}$' },
              tags: { type: 'array', items: { type: 'string' } },
            },
            required: ['size', 'hasWindow', 'vatNumber', 'tags'],
          },
        },
      ],
    });
    const conversation = play(workflow);
    expect((await conversation.send({ type: 'open' })).text).toContain('Please tell me: size of the room.');
    expect((await conversation.say('2.5')).text).toContain('Has window: yes or no?');
    expect((await conversation.say('yes')).text).toContain('Please tell me: vat number.');
    await conversation.say('de 12-34');
    const done = await conversation.say('quiet, bright and cheap');
    expect(done.collected).toEqual({
      size: 2.5,
      hasWindow: true,
      vatNumber: 'DE1234',
      tags: ['quiet', 'bright', 'cheap'],
    });
    expect(done.status).toBe('completed');
    expect(done.text).toContain('All done');
  });
});

describe('commands', () => {
  it('explains the field on help, and stays where it is', async () => {
    const turn = await playAll(play(leave), '7 December', 'help');
    expect(turn.text).toContain('This is about **Working days**');
    expect(turn.delta.stateChanged).toBe(false);
    expect(turn.suggestedInput).toMatchObject({ field: 'days' });
  });

  it('treats a question put back as a call for help, not as a name', async () => {
    const turn = await playAll(play(vendor), 'What is a legal name?');
    expect(turn.collected).toEqual({});
    expect(turn.text).toContain('This is about **Legal name**');
  });

  it('shows what is collected on status', async () => {
    const turn = await playAll(play(leave), '7 December', 'status');
    expect(turn.text).toContain('- First day off: Monday 7 December 2026');
    expect(turn.text).toContain('0 of 3 steps are done.');
  });

  it('goes back to the last question, across steps, with the earlier answer', async () => {
    const conversation = play(leave);
    await playAll(conversation, '7 December', '5');
    const back = await conversation.say('go back');
    expect(back.text).toContain('Back to **Working days** (it was: 5)');
    expect(back.suggestedInput).toMatchObject({ field: 'days' });
    const further = await conversation.say('back');
    expect(further.suggestedInput).toMatchObject({ field: 'from' });
    expect((await conversation.say('back')).text).toContain('nothing to go back to');
    expect((await conversation.say('8 December')).collected).toEqual({ from: '2026-12-08' });
  });

  it('goes back from the summary', async () => {
    const conversation = play(leave);
    await playAll(conversation, '7 December', '5', 'sick', 'Dana');
    // The note was answered last, but it is optional: it would not be asked for again.
    await conversation.say('note: call me');
    const back = await conversation.say('back');
    expect(back.delta.collected).toEqual({ coveredBy: null });
    expect(back.suggestedInput).toMatchObject({ field: 'coveredBy' });
  });

  it('explains that a required field can not be skipped', async () => {
    for (const text of ['skip', "I don't know", 'not sure']) {
      const turn = await playAll(play(leave), '7 December', text);
      expect(turn.text, text).toContain("I can't go on without **Working days**. Look it up if you need to");
      expect(turn.text, text).toContain('is kept in the meantime');
      expect(turn.text, text).not.toContain('come back to this later');
      expect(turn.delta.stateChanged, text).toBe(false);
    }
  });
});
