// Plays a conversation on the server at the given address, and prints its course.
import { createTurnkeeperClient, hasReason } from '@turnkeeper/client';

const client = createTurnkeeperClient({
  url: process.argv[2],
  token: () => 'token-1',
  retry: { attempts: 2 },
});
const conversation = client.conversation('vendor-onboarding');
const opened = await conversation.open();
const { turn, progress } = await conversation.turn('Acme Ltd');
const { workflowState } = await conversation.get();
const { conversations } = await client.list();
const definitions = await client.definitions();
const { summary } = await conversation.end({ outcome: 'cancelled' });
const refused = await conversation.turn('more').catch((error) => hasReason(error, 'WORKFLOW_ENDED'));
const watched = [];
for await (const event of conversation.watch({ after: 0 })) watched.push(event.type);
console.log(
  JSON.stringify({
    opened: opened.turn.number,
    collected: turn.collected,
    step: progress.currentStep,
    isDate: workflowState.expiresAt instanceof Date,
    listed: conversations.length,
    definitions: definitions.length,
    title: summary.title,
    refused,
    watched,
  }),
);
