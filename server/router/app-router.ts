import { tracked } from '@trpc/server';
import type { TrackedEnvelope } from '@trpc/server';
import type { z } from 'zod';
import { choicesSchema, endSchema, stopSchema } from '../../contract/inputs.ts';
import type { TurnRequest } from '../../contract/inputs.ts';
import type {
  ChoicesPage,
  ConversationPage,
  ConversationResult,
  EndResult,
  StopResult,
  TurnResult,
} from '../../contract/results.ts';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { ShippedDefinition } from '../../contract/shipped.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import { describeDefinitions } from '../orchestrator/describe-definitions.ts';
import { endConversation } from '../orchestrator/end-conversation.ts';
import { getChoices } from '../orchestrator/get-choices.ts';
import { getConversation } from '../orchestrator/get-conversation.ts';
import { listConversations } from '../orchestrator/list-conversations.ts';
import { runTurn } from '../orchestrator/run-turn.ts';
import { stopTurn } from '../orchestrator/stop-turn.ts';
import { watchConversation } from '../watch/watch-conversation.ts';
import type { WatchCommand } from '../watch/watch-conversation.ts';
import type { TrackedWatchEvent } from '../watch/watch-events.ts';
import type { ApiRouter } from './api.ts';
import { getSchema, listSchema, turnSchema, watchSchema } from './inputs.ts';
import { presentConversation, presentEnd, presentList, presentTurn, presentWatchEvent } from './present.ts';
import { procedureWith, router } from './procedure.ts';
import type { Procedure, RouterContext } from './procedure.ts';
import { reportFailure } from './report-failure.ts';

/** The input of `workflow.turn`, with the ids of the workflows that the compiler knows. */
type TurnSchema<Definition extends WorkflowDefinition> = z.ZodType<
  z.output<typeof turnSchema>,
  TurnRequest<Definition>
>;

/**
 * The API: each procedure reads its input, calls one use case of the orchestrator, and presents its result. It is typed for
 * the workflows written in TypeScript; those written in JSON are served too, without their types.
 */
export function createAppRouter<Definition extends WorkflowDefinition>(): ApiRouter<
  Definition,
  RouterContext
> {
  return router({ workflow: createWorkflowRouter<Definition>(procedureWith()) });
}

/** The procedures of `workflow`, over a base of one's own: for an application's router too. */
export function createWorkflowRouter<Definition extends WorkflowDefinition>(procedure: Procedure) {
  return router({
    turn: procedure
      .input(turnSchema as TurnSchema<Definition>)
      .mutation(async ({ ctx, input }): Promise<TurnResult<Definition>> => {
        const result = await runTurn(ctx.dependencies, {
          key: { ...ctx.identity, conversationId: input.conversationId },
          userToken: ctx.accessToken,
          workflowId: input.workflowId,
          turnId: input.turnId,
          input: input.input,
          opening: input.opening ?? null,
          whenBusy: input.whenBusy,
          waitMs: input.waitMs,
        });
        return presentTurn<Definition>(result);
      }),

    get: procedure.input(getSchema).query(async ({ ctx, input }): Promise<ConversationResult<Definition>> => {
      const result = await getConversation(ctx.dependencies, {
        key: { ...ctx.identity, conversationId: input.conversationId },
        limit: input.messages.limit,
        before: input.messages.before,
      });
      return presentConversation<Definition>(result);
    }),

    choices: procedure.input(choicesSchema).query(({ ctx, input }): Promise<ChoicesPage> =>
      getChoices(ctx.dependencies, {
        key: { ...ctx.identity, conversationId: input.conversationId },
        field: input.field,
        query: input.query,
        limit: input.limit,
        from: Number(input.cursor ?? 0),
      }),
    ),

    end: procedure.input(endSchema).mutation(async ({ ctx, input }): Promise<EndResult<Definition>> => {
      const result = await endConversation(ctx.dependencies, {
        key: { ...ctx.identity, conversationId: input.conversationId },
        outcome: input.outcome,
        reason: input.reason,
        purge: input.purge,
        whenBusy: input.whenBusy,
        waitMs: input.waitMs,
      });
      return presentEnd<Definition>(result);
    }),

    stop: procedure.input(stopSchema).mutation(({ ctx, input }): Promise<StopResult> =>
      stopTurn(ctx.dependencies, {
        key: { ...ctx.identity, conversationId: input.conversationId },
        turnId: input.turnId,
      }),
    ),

    list: procedure
      .input(listSchema.prefault({}))
      .query(async ({ ctx, input }): Promise<ConversationPage> => {
        const { limit, cursor } = input;
        const page = { limit, ...(cursor ? { after: cursor } : {}) };
        return presentList(await listConversations(ctx.dependencies, ctx.identity, page));
      }),

    watch: procedure.input(watchSchema).subscription(({ ctx, input, signal, path }) => {
      const command = {
        key: { ...ctx.identity, conversationId: input.conversationId },
        from: input.lastEventId ?? (input.after === undefined ? null : { afterTurn: input.after }),
        awaitsOpening: input.awaitOpening,
        expiresAt: ctx.expiresAt,
        signal,
      };
      return watchStream<Definition>(ctx.dependencies, command, path);
    }),

    definitions: procedure.query(({ ctx }) => describeDefinitions(ctx.dependencies.workflows.current)),
  });
}

type WatchStream<Definition extends WorkflowDefinition> = AsyncGenerator<
  TrackedEnvelope<ServerWatchEvent<Definition>>,
  void
>;

/**
 * A watch as tRPC sends it. Every event carries the id from which a client can go on; events that are not committed repeat
 * the id of the last committed one.
 */
async function watchStream<Definition extends WorkflowDefinition>(
  dependencies: Dependencies,
  command: WatchCommand,
  path: string,
): Promise<WatchStream<Definition>> {
  const events = await watchConversation(dependencies, command);
  return presented(events, (error) => reportFailure(dependencies, path, error), command.key.conversationId);
}

async function* presented<Definition extends WorkflowDefinition>(
  events: AsyncIterable<TrackedWatchEvent>,
  report: (error: unknown) => Error,
  conversationId: string,
): WatchStream<Definition> {
  try {
    for await (const { id, event } of events)
      yield tracked(id, presentWatchEvent<Definition>(event, conversationId));
  } catch (error) {
    // The stream fails after the procedure has returned, so the procedure's own error handling does not see this.
    throw report(error);
  }
}

/** The API of a server that runs the shipped workflows. */
export type AppRouter = ReturnType<typeof createAppRouter<ShippedDefinition>>;
