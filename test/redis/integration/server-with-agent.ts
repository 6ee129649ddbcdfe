import { createAgent } from '../../../server/create-agent.ts';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { text } from '../contract/sample-workflows.ts';
import { post, query } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

/** A server over HTTP with the agent that its settings choose; use with `await using`. */
export async function startServerWithAgent(env: Readonly<Record<string, string>>) {
  const parsed = parseEnvironment(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const agent = await createAgent(parsed.settings.agent, systemClock);
  const server = await startTestServer({ agent, env });
  const stateOf = async (conversationId: string): Promise<{ readonly turnCount: number }> => {
    const { data } = await query(server.url, 'workflow.get', { conversationId });
    return (data as { workflowState: { turnCount: number } } | null)?.workflowState ?? { turnCount: 0 };
  };
  return {
    ...server,
    /** The same words make the same turn. */
    turn: (conversationId: string, words: string, how: object = {}) =>
      post(server.url, 'workflow.turn', {
        ...{ conversationId, workflowId: 'survey', turnId: words.replace(/[^a-z0-9]/gi, '-') },
        input: text(words),
        ...how,
      }),
    turnCount: async (conversationId: string) => (await stateOf(conversationId)).turnCount,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
