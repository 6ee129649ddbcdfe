// What a page does: one turn on the server whose address the page names, its result left for the page to show.
import { createTurnkeeperClient, isTurnkeeperError } from '@turnkeeper/client';

const client = createTurnkeeperClient({ url: globalThis.serverUrl });
globalThis.outcome = client
  .conversation('vendor-onboarding')
  .turn('Acme Ltd')
  .then(
    ({ turn, workflowState }) => ({ number: turn.number, openedAt: workflowState.openedAt.toISOString() }),
    (error) => (isTurnkeeperError(error) ? `${error.reason}: ${String(error.cause)}` : String(error)),
  );
