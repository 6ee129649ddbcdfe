import { deferred } from '../../support/deferred.ts';
import { ArmedFaults } from './armed-faults.ts';
import { runFaultyServer } from './run-faulty-server.ts';
import { orderSchema } from './server-messages.ts';
import type { Told } from './server-messages.ts';

/** A server in a child process whose race windows the test controls, so that it can really be killed and stopped. */
const faults = new ArmedFaults();
const stopOver = deferred();

/** Resolves when the message has left this process. */
function tell(told: Told): Promise<void> {
  return new Promise((resolve) => process.send?.(told, () => resolve()));
}

async function stop(): Promise<void> {
  await tell({ type: 'stopping' });
  stopOver.resolve();
  // The held calls continue directly after the stop: no timer and no reply comes first.
  process.kill(process.pid, 'SIGSTOP');
}

process.on('message', (message) => {
  const order = orderSchema.parse(message);
  if (order.type === 'stop') {
    void stop();
    return;
  }
  const { conversationId, point } = order;
  const act = async (): Promise<void> => {
    await tell({ type: 'reached', conversationId });
    await stopOver.promise;
  };
  faults.arm(conversationId, { point, act });
  void tell({ type: 'armed' });
});
// The process that started this one is gone.
process.on('disconnect', () => process.exit(0));

const { url } = await runFaultyServer({
  env: process.env,
  faultPoints: faults,
  name: 'faulty-process',
  onHeard: (conversation, topic) => void tell({ type: 'heard', conversation, topic }),
});
void tell({ type: 'ready', url });
