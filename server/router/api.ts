import type {
  TRPCBuiltRouter,
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

/**
 * The API as a type of its own, so that the client's declarations can hold it without what implements it. The router is
 * checked against it.
 */
export type ApiRouter<Definition extends TypedDefinition, Context extends object> = TRPCBuiltRouter<
  RootTypes<Context>,
  {
    workflow: {
      turn: TRPCMutationProcedure<Call<TurnRequest<Definition>, TurnOutput<Definition>>>;
      get: TRPCQueryProcedure<Call<GetConversationRequest, GetOutput<Definition>>>;
      end: TRPCMutationProcedure<Call<EndConversationRequest, EndOutput<Definition>>>;
      list: TRPCQueryProcedure<Call<ListRequest | undefined, ListOutput>>;
      watch: TRPCSubscriptionProcedure<
        Call<WatchRequest, AsyncIterable<Tracked<WatchOutput<Definition>>, void>>
      >;
      definitions: TRPCQueryProcedure<Call<void, DefinitionView[]>>;
    };
  }
>;
