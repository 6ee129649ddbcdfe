import { tracked } from '@trpc/server';
import type { TrackedEnvelope } from '@trpc/server';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import { watchConversation } from '../watch/watch-conversation.ts';
import type { WatchCommand } from '../watch/watch-conversation.ts';
import { presentWatchEvent } from './present.ts';
import { reportFailure } from './report-failure.ts';

type WatchStream<Definition extends WorkflowDefinition> = AsyncGenerator<
  TrackedEnvelope<ServerWatchEvent<Definition>>,
  void
>;

/**
 * A watch as tRPC sends it. Every event carries the id to go on from, so a client may come back from any of them; those that
 * are not committed repeat the id of the last one that is.
 */
export async function watchStream<Definition extends WorkflowDefinition>(
  dependencies: Dependencies,
  command: WatchCommand,
  path: string,
): Promise<WatchStream<Definition>> {
  const events = await watchConversation(dependencies, command);
  return presented(events, (error) => reportFailure(dependencies, path, error), command.key.conversationId);
}

async function* presented<Definition extends WorkflowDefinition>(
  events: Awaited<ReturnType<typeof watchConversation>>,
  report: (error: unknown) => Error,
  conversationId: string,
): WatchStream<Definition> {
  try {
    for await (const { id, event } of events)
      yield tracked(id, presentWatchEvent<Definition>(event, conversationId));
  } catch (error) {
    throw report(error);
  }
}
