import { z } from 'zod';
import { text } from '../contract/sample-workflows.ts';
import { key } from '../store/sample-turns.ts';
import { bundledProgram } from '../../support/bundled-program.ts';
import { startProgram } from '../../support/child-program.ts';
import { post } from '../../support/post.ts';

const { tenant, user, conversationId } = key;

/** A real server process that a test can freeze and kill; use with `await using`. */
export async function startAttendedServer(env: Readonly<Record<string, string>>) {
  const bundle = await bundledProgram('test/redis/integration/attended-server.ts');
  const program = startProgram(bundle, { env: { PORT: '0', ...env } });
  const told = <Message>(schema: z.ZodType<Message>): Promise<Message> =>
    program.next((message) => schema.parse(message));
  const { url } = await told(z.object({ url: z.string() }));
  const asDev = { 'x-dev-tenant': tenant, 'x-dev-user': user };
  return {
    turn: (turnId: string, how: object = {}) => {
      const input = { conversationId, workflowId: 'travel', turnId, input: text(turnId), ...how };
      return post(url, 'workflow.turn', input, asDev);
    },
    /** Resolves with the user's words when the agent is asked next; call it before that. */
    asked: () => told(z.object({ asked: z.string() })),
    answer: () => program.tell('answer'),
    signal: program.signal,
    kill: program.kill,
    [Symbol.asyncDispose]: program.kill,
  };
}
