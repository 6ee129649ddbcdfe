import { once } from 'node:events';
import { pino } from 'pino';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { runServer } from '../../../server/serve.ts';
import { travel } from '../contract/sample-workflows.ts';
import { AttendedAgent } from './attended-agent.ts';

/** A server in a child process whose agent reports every question to the test and answers on its order. */
const parsed = parseEnvironment(process.env);
if (!parsed.ok) throw new Error(parsed.faults.map(({ name, message }) => `${name} ${message}`).join('\n'));
const { settings } = parsed;
if (settings.redis === null) throw new Error('REDIS_URL must be set: the test brings the Redis');
const agent = new AttendedAgent();
const server = await runServer({
  ...{ settings, agent },
  definitions: [travel],
  redis: settings.redis,
  logger: pino({ level: 'silent' }),
});
// The process that started this one is gone.
process.on('disconnect', () => process.exit(0));
process.send?.({ url: server.url });
for (;;) {
  const { words, answer } = await agent.question();
  const told = once(process, 'message');
  process.send?.({ asked: words });
  await told;
  answer();
}
