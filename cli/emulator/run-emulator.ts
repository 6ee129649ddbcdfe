import { parseArgs } from 'node:util';
import { commandLine } from '../../server/command-line.ts';
import { ArgumentFault } from '../command.ts';
import { terminalColors } from '../support/plain-text.ts';
import { createConversation } from './converse.ts';
import { faults, isFaultName } from './service/faults.ts';
import type { FaultName } from './service/faults.ts';
import type { RecordedRequest } from './service/read-request.ts';
import { startEmulator } from './service/start-emulator.ts';

interface EmulatorArguments {
  readonly port: number;
  readonly fault: FaultName | null;
}

/** 3978 is avoided: by Bot Framework's convention, a bot under development listens there. */
const defaultPort = 4978;

const colors = terminalColors();

/** Emulates a Copilot Studio agent on this machine until a signal, so that Turnkeeper can run without a tenant. */
export async function runEmulator(args: readonly string[]): Promise<void> {
  const read = readArguments(args);
  try {
    await emulate(read);
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  }
}

/** @throws ArgumentFault, or an error of `parseArgs`, for arguments that the emulator does not take */
export function readArguments(args: readonly string[]): EmulatorArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: String(defaultPort) },
      fault: { type: 'string' },
    },
  });
  const { port, fault = null } = values;
  if (!/^\d+$/.test(port) || Number(port) > 65_535) {
    throw new ArgumentFault(`--port must be a number from 0 to 65535; it is "${port}".`);
  }
  if (fault !== null && !isFaultName(fault)) throw new ArgumentFault(`There is no fault "${fault}".`);
  return { port: Number(port), fault };
}

async function emulate({ port, fault }: EmulatorArguments): Promise<void> {
  const stopped = untilStopped();
  const converse = createConversation({ now: () => Date.now(), pieceMs: 25 });
  await using emulator = await startEmulator({
    port,
    agent: (heard) => (heard.kind === 'message' && fault !== null ? faults[fault] : converse(heard)),
    // The tool shows a client's mistakes and keeps running; tests fail on them.
    checkPosts: false,
    onRequest: (request) => void show(request),
  });
  console.log(`An emulated Copilot Studio agent, on this machine alone, until Ctrl-C. Start Turnkeeper against it:

  ${colors.bold(startCommand(emulator.url))}

and talk with it on the page that it serves, which draws its cards, or in another terminal:

  ${colors.bold(commandLine('chat'))}

Only a fixed token (COPILOT_ACCESS_TOKEN) can be tried with it: client-credentials and on-behalf-of get theirs from
Entra, which it does not emulate.
Say "card" to be shown a card, "fault drop" for an answer that breaks off, "help" for what else there is.
${fault === null ? '' : `Every message is answered with the fault ${colors.bold(fault)}.\n`}`);
  await stopped;
}

function startCommand(emulatorUrl: string): string {
  return (
    `AGENT_PROVIDER=copilot-studio COPILOT_DIRECT_CONNECT_URL=${emulatorUrl} ` +
    `COPILOT_ACCESS_TOKEN=anything ${commandLine('start')}`
  );
}

/** Prints one line per finished request: its kind and outcome, but none of its text. */
async function show(request: RecordedRequest): Promise<void> {
  const closing = await request.closed;
  const { method, kind, conversationId, status } = request;
  const where = conversationId === null ? '' : ` in ${conversationId}`;
  console.log(colors.dim(`${method} ${kind}${where}: ${status ?? 'no status'}, ${outcomes[closing]}`));
}

const outcomes = { answered: 'answered', cut: 'connection cut', left: 'the client left' } as const;

const lookEveryMs = 500;

/**
 * Resolves on a signal to stop. npm passes SIGTERM to its shell only, which then dies and leaves this process running.
 * So a process that npm started also stops when its parent has changed.
 */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const startedBy = process.ppid;
    const looking = setInterval(() => {
      if (process.ppid !== startedBy) resolve();
    }, lookEveryMs);
    looking.unref();
  });
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return `The emulator could not run: ${String(error)}`;
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return (
      `Port ${String(error.port)} of 127.0.0.1 is taken. ` +
      'Stop the program that listens there, or choose another port with --port N.'
    );
  }
  return `The emulator could not run: ${error.message}`;
}
