/**
 * A script that runs a conversation with the typed client. Start a server (`npm start`), then:
 * `npx tsx examples/internal-tool.ts "Acme Ltd" "limited company"`
 */
import { createTurnkeeperClient } from '@turnkeeper/client';

const client = createTurnkeeperClient({ url: process.env['TURNKEEPER_URL'] ?? 'http://127.0.0.1:3000' });
const conversation = client.conversation('vendor-onboarding');

await conversation.open();
for (const answer of process.argv.slice(2)) {
  const { turn, progress } = await conversation.turn(answer);
  console.log(`${progress.percentComplete} %`, turn.collected);
}

const { workflowState } = await conversation.get({ messages: { limit: 1 } });
console.log('next field:', workflowState.suggestedInput.field);
