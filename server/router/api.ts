import type {
  AnyTRPCRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import type { DefinitionView } from '../orchestrator/describe-definitions.ts';
import type { ErrorShape } from './error-shape.ts';
import type {
  EndConversationRequest,
  GetConversationRequest,
  ListRequest,
  TurnRequest,
  WatchRequest,
} from './requests.ts';
import type { EndOutput, GetOutput, ListOutput, TurnOutput } from './results.ts';
import type { WatchOutput } from './watch-results.ts';

interface RootTypes<Context extends object> {
  ctx: Context;
  meta: object;
  errorShape: ErrorShape;
  transformer: true;
}

interface Call<Input, Output> {
  input: Input;
  output: Output;
  meta: object;
  errorShape: ErrorShape;
}

/** A subscription's value as its client is handed it. */
interface Tracked<Value> {
  id: string;
  data: Value;
}

/** The API's procedures as a type of their own, so that the client's declarations can hold it without what implements it. */
type ApiProcedures<Definition extends TypedDefinition> = Record<
  'workflow',
  {
    turn: TRPCMutationProcedure<Call<TurnRequest<Definition>, TurnOutput<Definition>>>;
    get: TRPCQueryProcedure<Call<GetConversationRequest, GetOutput<Definition>>>;
    end: TRPCMutationProcedure<Call<EndConversationRequest, EndOutput<Definition>>>;
    list: TRPCQueryProcedure<Call<ListRequest | undefined, ListOutput>>;
    watch: TRPCSubscriptionProcedure<
      Call<WatchRequest, AsyncIterable<Tracked<WatchOutput<Definition>>, void>>
    >;
    definitions: TRPCQueryProcedure<Call<void, DefinitionView[]>>;
  }
>;

type UntypedParts = AnyTRPCRouter['_def'];

/**
 * The router, which is checked against it. It is spelled with names that every tRPC 11 exports, because a name that an
 * application's tRPC lacks would be `any` in the client's declarations, and say nothing of it.
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
