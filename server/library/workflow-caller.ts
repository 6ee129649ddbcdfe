import { isTrackedEnvelope } from '@trpc/server';
import type {
  EndConversationRequest,
  GetConversationRequest,
  ListRequest,
  StopRequest,
  TurnRequest,
  WatchRequest,
} from '../../contract/inputs.ts';
import type {
  ConversationPage,
  ConversationResult,
  ConversationResultOf,
  DefinitionResult,
  EndResult,
  EndResultOf,
  StopResult,
  TurnResult,
  TurnResultOf,
} from '../../contract/results.ts';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { TypesOf } from '../../contract/workflow-types.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { createWorkflowRouter } from '../router/app-router.ts';
import { createCallerFactory, procedureWith } from '../router/procedure.ts';
import type { RouterContext } from '../router/procedure.ts';

/** True where the compiler knows no workflow: they are in a folder. */
type IsUnknown<Definition> = [Definition] extends [never] ? true : false;

// Definitions given in code are all that there are: no result is of a workflow written in JSON.
type TurnOf<Definition extends WorkflowDefinition> =
  IsUnknown<Definition> extends true
    ? TurnResult<Definition>
    : Definition extends WorkflowDefinition
      ? TurnResultOf<TypesOf<Definition>>
      : never;
type ConversationOf<Definition extends WorkflowDefinition> =
  IsUnknown<Definition> extends true
    ? ConversationResult<Definition>
    : Definition extends WorkflowDefinition
      ? ConversationResultOf<TypesOf<Definition>>
      : never;
type EndOf<Definition extends WorkflowDefinition> =
  IsUnknown<Definition> extends true
    ? EndResult<Definition>
    : Definition extends WorkflowDefinition
      ? EndResultOf<TypesOf<Definition>>
      : never;

type CallerTurnRequest<Definition extends WorkflowDefinition> = Omit<
  TurnRequest<Definition>,
  'workflowId'
> & {
  /** Needed to open a conversation where more than one workflow is defined. */
  workflowId?: (IsUnknown<Definition> extends true ? string : Definition['id']) | undefined;
};

/**
 * The API in process, in the name of one caller. Its errors are tRPC's, with Turnkeeper's error (its `reason`) as their
 * `cause`.
 *
 * @example
 * ```ts
 * const { workflow }: WorkflowCaller<typeof expenses> = turnkeeper.caller({ tenant: 'acme', user: 'u1' });
 * const { turn } = await workflow.turn({ conversationId: 'c1', input: { type: 'text', text: '12.50' } });
 * ```
 */
export interface WorkflowCaller<Definition extends WorkflowDefinition = never> {
  readonly workflow: {
    readonly turn: (input: CallerTurnRequest<Definition>) => Promise<TurnOf<Definition>>;
    readonly get: (input: GetConversationRequest) => Promise<ConversationOf<Definition>>;
    readonly end: (input: EndConversationRequest) => Promise<EndOf<Definition>>;
    readonly stop: (input: StopRequest) => Promise<StopResult>;
    readonly list: (input?: ListRequest) => Promise<ConversationPage>;
    /** Each event with the id after which a watch can go on (`lastEventId`). */
    readonly watch: (
      input: WatchRequest,
      options?: { readonly signal?: AbortSignal },
    ) => AsyncIterable<{ readonly id: string; readonly data: ServerWatchEvent<Definition> }>;
    readonly definitions: () => Promise<DefinitionResult[]>;
  };
}

/** Makes callers, one for each context. */
export function workflowCallers<Definition extends WorkflowDefinition>(): (
  context: RouterContext,
) => WorkflowCaller<Definition> {
  const createCaller = createCallerFactory(createWorkflowRouter<Definition>(procedureWith()));
  return (context) => {
    const caller = createCaller(context);
    async function* watch(
      input: WatchRequest,
      { signal }: { readonly signal?: AbortSignal } = {},
    ): AsyncGenerator<{ readonly id: string; readonly data: ServerWatchEvent<Definition> }> {
      const { watch: open } = createCaller(context, signal === undefined ? {} : { signal });
      for await (const event of await open(input)) {
        // tRPC types an event as it reaches a client; in process it is still in its envelope.
        const envelope: unknown = event;
        if (isTrackedEnvelope<ServerWatchEvent<Definition>>(envelope))
          yield { id: envelope[0], data: envelope[1] };
      }
    }
    // The casts leave out workflows written in JSON, which definitions given in code rule out (see above).
    return {
      workflow: {
        turn: (input) => caller.turn(input) as Promise<TurnOf<Definition>>,
        get: (input) => caller.get(input) as Promise<ConversationOf<Definition>>,
        end: (input) => caller.end(input) as Promise<EndOf<Definition>>,
        stop: (input) => caller.stop(input),
        list: (input) => caller.list(input),
        watch,
        definitions: () => caller.definitions(),
      },
    };
  };
}
