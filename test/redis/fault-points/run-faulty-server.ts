import { pino } from 'pino';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import type { FaultPoint, FaultPoints } from '../../../server/orchestrator/ports/fault-points.ts';
import { runServer } from '../../../server/serve.ts';
import type { RunningServer } from '../../../server/serve.ts';
import { AgentFailure } from '../../../server/testing/index.ts';
import { survey } from '../contract/sample-workflows.ts';
import { RememberingAgent } from '../../support/remembering-agent.ts';
import { patientCommandMs } from '../../support/time.ts';

export const lockTtlMs = 3_000;

/** A turn that a faulty server's agent fails to answer and another server's agent answers. */
export const failingTurn = 'fails-at-first';

/** Returns the turn to fault: only a failed turn has a lease to release; a commit frees it otherwise. */
export function turnToFault(point: FaultPoint): string {
  return point === 'release-due' ? failingTurn : 'faulted';
}

interface FaultyServer {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly faultPoints: FaultPoints;
  /** Distinguishes this server's agent conversations from others. */
  readonly name: string;
  readonly onHeard: (conversation: string, topic: string) => void;
  readonly onLine?: (line: string) => void;
}

/** A whole server, except for the race windows and the agent, which `server/main.ts` would choose. */
export async function runFaultyServer(options: FaultyServer): Promise<RunningServer> {
  const { faultPoints, name, onHeard, onLine = () => undefined } = options;
  const parsed = parseEnvironment({
    PORT: '0',
    LOCK_TTL_MS: String(lockTtlMs),
    REDIS_COMMAND_TIMEOUT_MS: String(patientCommandMs),
    LOG_LEVEL: 'debug',
    ...options.env,
  });
  if (!parsed.ok) throw new Error(parsed.faults.map((fault) => `${fault.name} ${fault.message}`).join('\n'));
  const { settings } = parsed;
  if (settings.redis === null) throw new Error('REDIS_URL must be set: the test brings the Redis');
  const agent = new RememberingAgent(name);
  agent.onHeard = (conversation, topic) => {
    onHeard(conversation, topic);
    if (topic === failingTurn && name.startsWith('faulty')) throw new AgentFailure('failed', 'as told');
  };
  const logger = pino({ level: settings.logLevel }, { write: (line: string) => onLine(line) });
  return runServer({ settings, definitions: [survey], redis: settings.redis, logger, agent, faultPoints });
}
