import type {
  AnyTRPCRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';
import type { ErrorShape } from '../../contract/errors.ts';
import type {
  ChoicesRequest,
  EndConversationRequest,
  GetConversationRequest,
  ListRequest,
  StopRequest,
  TurnRequest,
  WatchRequest,
} from '../../contract/inputs.ts';
import type {
  ChoicesPage,
  ConversationPage,
  ConversationResult,
  DefinitionResult,
  EndResult,
  StopResult,
  TurnResult,
} from '../../contract/results.ts';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { TypedDefinition } from '../../workflows/definition/types.ts';

interface RootTypes<Context extends object> {
  ctx: Context;
  meta: object;
  errorShape: ErrorShape;
  transformer: true;
}

/** @public Declarations of callers name it. */
export interface Call<Input, Output> {
  input: Input;
  output: Output;
  meta: object;
  errorShape: ErrorShape;
}

/** A subscription's value as its client gets it. @public Declarations of callers name it. */
export interface Tracked<Value> {
  id: string;
  data: Value;
}

/** The API's procedures as a type of their own, so that the client's declarations hold it without the implementation. */
type ApiProcedures<Definition extends TypedDefinition> = Record<
  'workflow',
  {
    turn: TRPCMutationProcedure<Call<TurnRequest<Definition>, TurnResult<Definition>>>;
    get: TRPCQueryProcedure<Call<GetConversationRequest, ConversationResult<Definition>>>;
    end: TRPCMutationProcedure<Call<EndConversationRequest, EndResult<Definition>>>;
    choices: TRPCQueryProcedure<Call<ChoicesRequest, ChoicesPage>>;
    stop: TRPCMutationProcedure<Call<StopRequest, StopResult>>;
    list: TRPCQueryProcedure<Call<ListRequest | undefined, ConversationPage>>;
    watch: TRPCSubscriptionProcedure<
      Call<WatchRequest, AsyncIterable<Tracked<ServerWatchEvent<Definition>>, void>>
    >;
    definitions: TRPCQueryProcedure<Call<void, DefinitionResult[]>>;
  }
>;

type UntypedParts = AnyTRPCRouter['_def'];

/**
 * The type of the router; `createAppRouter` is checked against it. It uses only names that every tRPC 11 exports: in the
 * client's declarations, a name that an application's tRPC lacks would silently be `any`.
 */
export type ApiRouter<
  Definition extends TypedDefinition,
  Context extends object,
> = ApiProcedures<Definition> & {
  _def: Omit<UntypedParts, '_config' | 'procedures' | 'record'> & {
    _config: Omit<UntypedParts['_config'], '$types'> & { $types: RootTypes<Context> };
    procedures: ApiProcedures<Definition>;
    record: ApiProcedures<Definition>;
  };
  createCaller: AnyTRPCRouter['createCaller'];
};
