import { openSync } from 'node:fs';
import { pino } from 'pino';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { runServer } from '../../../server/serve.ts';
import { ArmedFaults } from './armed-faults.ts';
import { journalTo, noteEvent } from './journal.ts';
import { JumpingClock } from './jumping-clock.ts';
import { LedgerAgent } from './ledger-agent.ts';
import { ledger } from './ledger-workflow.ts';
import { noteStalls } from './note-stalls.ts';
import { seededRandom } from './random.ts';
import { commandSchema } from './server-commands.ts';
import { readServerOptions } from './server-options.ts';

/** A server in a child process with an agent, a clock and race windows that the test controls. */
const parsed = parseEnvironment(process.env);
if (!parsed.ok) throw new Error(parsed.faults.map(({ name, message }) => `${name} ${message}`).join('\n'));
const { settings } = parsed;
if (settings.redis === null) throw new Error('REDIS_URL must be set: the test brings the Redis');
const { journalFile, seed, instance, moods } = readServerOptions(process.env);
const write = journalTo(openSync(journalFile, 'a'));
const clock = new JumpingClock();
const faultPoints = new ArmedFaults(write);
const agent = new LedgerAgent({ random: seededRandom(seed), moods, write, instance });

const logger = pino(
  { level: settings.logLevel, base: null },
  { write: (line: string) => noteEvent(write, line) },
);

noteStalls(write);
const server = await runServer({
  settings,
  definitions: [ledger],
  redis: settings.redis,
  logger,
  agent,
  clock,
  faultPoints,
});

process.on('message', (message) => {
  const command = commandSchema.parse(message);
  switch (command.type) {
    case 'arm':
      faultPoints.arm(command.fault);
      break;
    case 'disarm':
      faultPoints.disarm();
      break;
    case 'jump':
      clock.jump(command.byMs);
      break;
    case 'answer':
      agent.answer();
  }
});
// The process that started this one is gone.
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.send?.({ url: server.url });
