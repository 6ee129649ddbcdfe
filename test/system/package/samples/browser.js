// A page that watches one turn on the server at its address, and leaves the outcome for the page to show.
import { createTurnkeeperClient, isTurnkeeperError } from '@turnkeeper/client';

const client = createTurnkeeperClient({ url: globalThis.serverUrl });
const conversation = client.conversation('vendor-onboarding');

async function takeTurn() {
  const { turnId, turn, workflowState } = await conversation.turn('Acme Ltd');
  for await (const event of conversation.watch({ after: 0 })) {
    if (event.type !== 'turn.committed') continue;
    const isWatched = event.turnId === turnId;
    return { number: turn.number, openedAt: workflowState.openedAt.toISOString(), isWatched };
  }
}
globalThis.outcome = takeTurn().catch((error) =>
  isTurnkeeperError(error) ? `${error.reason}: ${String(error.cause)}` : String(error),
);
