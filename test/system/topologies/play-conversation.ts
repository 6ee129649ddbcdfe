import { expect } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { ResumedConversation } from '../../../client-sdk/src/index.ts';

const words = [
  "I'd like to add a new supplier",
  'The company is called Smith and Sons Ltd',
  'limited',
  'Maria Lopez, maria@smith.example, +34 600 123 456',
  '3 April 2027',
  'about 1.5 million',
  'thirty days',
];

const collected = {
  legalName: 'Smith and Sons Ltd',
  legalForm: 'limited company',
  contactName: 'Maria Lopez',
  contactPhone: '+34 600 123 456',
  contactEmail: 'maria@smith.example',
  startDate: '2027-04-03',
  yearlySpend: 1_500_000,
  paymentTermDays: 30,
};

/** Plays a vendor's onboarding through every procedure of a server, and expects the values to be stored. */
export async function playConversation(url: string): Promise<void> {
  const client = createTurnkeeperClient({ url });
  const conversation = client.conversation('vendor-onboarding');
  for (const [index, text] of words.entries()) {
    const { turn } = await conversation.turn(text);
    expect(turn.number).toBe(index + 1);
  }
  const { workflowState, messages } = await conversation.get({ messages: { limit: 100 } });
  expect(workflowState.collected).toMatchObject(collected);
  expect(messages.filter(({ role }) => role === 'user').map(({ text }) => text)).toEqual(words);
  const { conversations } = await client.list();
  expect(conversations.map(({ conversationId }) => conversationId)).toContain(conversation.id);
  await watchToTheEnd(conversation, words.length);
}

/** Watches from before the last turn until the conversation is purged; the events come through Redis. */
async function watchToTheEnd(conversation: ResumedConversation, turnCount: number): Promise<void> {
  const seen: string[] = [];
  for await (const event of conversation.watch({ after: turnCount - 1 })) {
    seen.push(event.type);
    if (event.type === 'turn.committed') await conversation.end({ outcome: 'cancelled', purge: true });
  }
  expect(seen).toEqual(['watch.started', 'turn.committed', 'conversation.ended']);
}

/** Sends two turns at once, of which one waits for the other: its notification comes through Redis. */
export async function waitInQueue(url: string): Promise<void> {
  const conversation = createTurnkeeperClient({ url }).conversation('vendor-onboarding');
  const results = await Promise.all(
    ['one', 'two', 'three'].map((text) => conversation.turn(text, { whenBusy: 'wait' })),
  );
  expect(results.map(({ turn }) => turn.number).sort()).toEqual([1, 2, 3]);
}
