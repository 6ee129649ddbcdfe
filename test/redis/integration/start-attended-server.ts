import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { text } from '../contract/sample-workflows.ts';
import { key } from '../store/sample-turns.ts';
import { endWithUs } from '../../support/end-with-us.ts';
import { post } from '../../support/post.ts';

const projectDir = fileURLToPath(new URL('../../..', import.meta.url));
const { tenant, user, conversationId } = key;

/** A real server process that a test can freeze and kill; to be held by `await using`. */
export async function startAttendedServer(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/redis/integration/attended-server.ts'], {
    cwd: projectDir,
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const letGo = child.pid === undefined ? undefined : endWithUs(child.pid);
  const exited = once(child, 'exit').then(() => letGo?.());
  const told = async <Message>(schema: z.ZodType<Message>): Promise<Message> => {
    const message = once(child, 'message').then(([first]) => schema.parse(first));
    const ended = exited.then(() => Promise.reject(new Error('the server process has ended')));
    return Promise.race([message, ended]);
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const { url } = await told(z.object({ url: z.string() }));
  const asDev = { 'x-dev-tenant': tenant, 'x-dev-user': user };
  return {
    turn: (turnId: string, how: object = {}) => {
      const input = { conversationId, workflowId: 'travel', turnId, input: text(turnId), ...how };
      return post(url, 'workflow.turn', input, asDev);
    },
    /** Resolves when the agent is asked next, with what the user said; to be called before that. */
    asked: () => told(z.object({ asked: z.string() })),
    answer: () => void child.send('answer'),
    signal: (name: NodeJS.Signals) => void child.kill(name),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
