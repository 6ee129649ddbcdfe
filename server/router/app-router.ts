import type { z } from 'zod';
import { endSchema } from '../../contract/inputs.ts';
import type { TurnRequest } from '../../contract/inputs.ts';
import type { EndResult, ConversationResult, ConversationPage, TurnResult } from '../../contract/results.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { ShippedDefinition } from '../../workflows/definition/shipped.ts';
import { describeDefinitions } from '../orchestrator/describe-definitions.ts';
import { endConversation } from '../orchestrator/end-conversation.ts';
import { getConversation } from '../orchestrator/get-conversation.ts';
import { listConversations } from '../orchestrator/list-conversations.ts';
import { runTurn } from '../orchestrator/run-turn.ts';
import type { ApiRouter } from './api.ts';
import type { RouterContext } from './context.ts';
import { getSchema, listSchema, turnSchema, watchSchema } from './inputs.ts';
import { presentConversation, presentEnd, presentList, presentTurn } from './present.ts';
import { procedure, router } from './procedure.ts';
import { watchStream } from './watch-stream.ts';

/** `workflow.turn`'s input, its workflow id offered from those that the compiler knows. */
type TurnSchema<Definition extends WorkflowDefinition> = z.ZodType<
  z.output<typeof turnSchema>,
  TurnRequest<Definition>
>;

/** The API, typed for the workflows that are written in TypeScript; those in JSON are there too, without their types. */
export function createAppRouter<Definition extends WorkflowDefinition>(): ApiRouter<
  Definition,
  RouterContext
> {
  return router({
    workflow: router({
      turn: procedure
        .input(turnSchema as TurnSchema<Definition>)
        .mutation(async ({ ctx, input }): Promise<TurnResult<Definition>> => {
          const { conversationId, workflowId, turnId, input: turnInput, whenBusy, waitMs } = input;
          const { dependencies, identity, accessToken } = ctx;
          const key = { ...identity, conversationId };
          const command = { workflowId, turnId, input: turnInput, whenBusy, waitMs };
          return presentTurn<Definition>(
            await runTurn(dependencies, { ...command, key, userToken: accessToken }),
          );
        }),

      get: procedure
        .input(getSchema)
        .query(async ({ ctx, input }): Promise<ConversationResult<Definition>> => {
          const { conversationId, messages } = input;
          const key = { ...ctx.identity, conversationId };
          return presentConversation<Definition>(
            await getConversation(ctx.dependencies, { key, limit: messages.limit, before: messages.before }),
          );
        }),

      end: procedure.input(endSchema).mutation(async ({ ctx, input }): Promise<EndResult<Definition>> => {
        const { conversationId, outcome, reason, purge, whenBusy, waitMs } = input;
        const { dependencies, identity } = ctx;
        const command = { key: { ...identity, conversationId }, outcome, reason, purge, whenBusy, waitMs };
        return presentEnd<Definition>(await endConversation(dependencies, command));
      }),

      list: procedure
        .input(listSchema.prefault({}))
        .query(async ({ ctx, input }): Promise<ConversationPage> => {
          const { limit, cursor } = input;
          const page = { limit, ...(cursor ? { after: cursor } : {}) };
          return presentList(await listConversations(ctx.dependencies, ctx.identity, page));
        }),

      watch: procedure.input(watchSchema).subscription(({ ctx, input, signal, path }) => {
        const { conversationId, after, awaitOpening, lastEventId } = input;
        const from = lastEventId ?? (after === undefined ? null : { afterTurn: after });
        const key = { ...ctx.identity, conversationId };
        const command = { key, from, awaitsOpening: awaitOpening, expiresAt: ctx.expiresAt, signal };
        return watchStream<Definition>(ctx.dependencies, command, path);
      }),

      definitions: procedure.query(({ ctx }) => describeDefinitions(ctx.dependencies.workflows)),
    }),
  });
}

/** The API of a server that runs the shipped workflows. */
export type AppRouter = ReturnType<typeof createAppRouter<ShippedDefinition>>;
