import { describe, expect, it } from 'vitest';
import { play, playAll, workflowFromJson } from './play.ts';
import type { Play } from './play.ts';

const car = workflowFromJson({
  id: 'car',
  version: 1,
  title: 'Car',
  steps: [
    {
      id: 'only',
      title: 'Only',
      collects: {
        type: 'object',
        properties: {
          licensePlate: { type: 'string', title: 'License plate' },
          otherParty: {
            type: 'object',
            title: 'Other party',
            description: 'the other party',
            properties: { name: { type: 'string' }, plate: { type: 'string' } },
            required: ['name', 'plate'],
          },
        },
        required: ['licensePlate', 'otherParty'],
      },
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

const rooms = ['kitchen', 'bath', 'garage', 'basement', 'living room'];
const claim = workflowFromJson({
  id: 'claim',
  version: 1,
  title: 'Claim',
  steps: [
    {
      id: 'only',
      title: 'Only',
      collects: {
        type: 'object',
        properties: {
          rooms: {
            type: 'array',
            items: { type: 'string', enum: rooms },
            description: 'the rooms that are affected',
          },
          items: {
            type: 'array',
            description: 'the damaged items, with the value of each',
            items: {
              type: 'object',
              properties: { name: { type: 'string' }, value: { type: 'number' } },
              required: ['name', 'value'],
            },
          },
        },
        required: ['rooms', 'items'],
      },
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

async function atOtherParty(): Promise<Play> {
  const conversation = play(car);
  await playAll(conversation, 'AB-123-CD');
  return conversation;
}

describe('an object', () => {
  it.each([
    '{"name": "Bo", "plate": "XY-99"}',
    '{"name":"Bo","plate":"XY-99"}',
    'other party: {"name": "Bo", "plate": "XY-99"}',
    'name: Bo, plate: XY-99',
  ])('is read as a whole, and no part of it by another field: %s', async (text) => {
    const turn = await (await atOtherParty()).say(text);
    expect(turn.delta.collected).toEqual({ otherParty: { name: 'Bo', plate: 'XY-99' } });
    expect(turn.text).toContain('Other party: name Bo, plate XY-99');
  });

  it.each([
    ['plate: XY-99', 'Name is missing.'],
    ['{"name": "Bo", "plate": 5}', 'Plate has to be a text.'],
    ['{"name": "Bo", "plate":', "it isn't whole"],
    ['Bo Miller', "I can't read that."],
  ])('is asked for with an example where it can not be read: %s', async (text, why) => {
    const turn = await (await atOtherParty()).say(text);
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain(why);
    expect(turn.text).toContain('(as JSON, for example `{"name":"…","plate":"…"}`)');
  });

  it('leaves the labels of other fields theirs', async () => {
    const turn = await (await atOtherParty()).say('license plate: ZZ-1');
    expect(turn.delta.collected).toEqual({ licensePlate: 'ZZ-1' });
  });
});

describe('a list of choices', () => {
  it('is asked for with its choices', async () => {
    const opened = await play(claim).send({ type: 'open' });
    expect(opened.text).toContain('What are the rooms that are affected? (one or several');
    expect(opened.text).toContain('1. kitchen\n2. bath\n3. garage\n4. basement\n5. living room');
    expect(opened.suggestedInput).toMatchObject({ field: 'rooms' });
  });

  it.each([
    ['basement', ['basement']],
    ['the basement', ['basement']],
    ['kitchen, bath and living room', ['kitchen', 'bath', 'living room']],
    ['Kitchen, kitchen', ['kitchen']],
    ['1 and 3', ['kitchen', 'garage']],
    ['the first two', ['kitchen', 'bath']],
    ['the first two and the basement', ['kitchen', 'bath', 'basement']],
    ['the last two, and the bath', ['basement', 'living room', 'bath']],
    ['2 to 4', ['bath', 'garage', 'basement']],
    ['1-2, garage', ['kitchen', 'bath', 'garage']],
    ['all', rooms],
    ['all of them please', rooms],
    ['none', []],
    ['["bath"]', ['bath']],
  ])('takes %s', async (text, chosen) => {
    expect((await playAll(play(claim), text)).delta.collected).toEqual({ rooms: chosen });
  });

  it.each([
    'all but the kitchen',
    'kitchen or bath',
    'not the kitchen',
    'kitchen, attic',
    'the first seven',
    'the first two or three',
    'all but the first two',
    '4 to 9',
    'maybe the bath',
    'the bathtub',
  ])('asks back: %s', async (text) => {
    const turn = await playAll(play(claim), text);
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain('1. kitchen');
  });

  it('names what was understood of an answer that is not understood whole', async () => {
    const turn = await playAll(play(claim), 'kitchen, the first two, attic');
    expect(turn.text).toContain("I don't know “attic”. I understood “kitchen” and “bath”.");
  });
});

describe('a list of objects', () => {
  it('may be given at once as JSON; what is wrong is said in words, and no JSON is shown to people', async () => {
    const conversation = play(claim);
    const asked = await playAll(conversation, 'garage');
    expect(asked.text).toContain(
      "Let's take down **Items**, one by one: the damaged items, with the value of each.",
    );
    const wrong = await conversation.say('[{"name":"bike","value":"300"}]');
    expect(wrong.text).toContain('In item 1, value has to be a number.');
    const more = await conversation.say('[{"name":"bike","value":1200},{"name":"tv","value":300}]');
    expect(more.text).toContain('1. bike: 1,200\n2. tv: 300');
    const done = await conversation.say('no');
    expect(done.text).toContain('- Items: bike: 1,200; tv: 300');
    expect(done.text).not.toContain('{');
  });
});
