import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useRuntime } from './provider.ts';
import { clientErrorOf, forPerson, querySettings } from './session/queries.ts';
import type { DefinitionResult } from '../../../contract/results.ts';
import type { TurnkeeperClientError } from '../links/client-error.ts';

/**
 * The workflows that the server runs.
 *
 * @example
 * ```ts
 * const titles = ({ definitions }: DefinitionsView): string[] => (definitions ?? []).map(({ title }) => title);
 * ```
 */
export interface DefinitionsView {
  readonly definitions: readonly DefinitionResult[] | undefined;
  readonly isLoading: boolean;
  readonly error: TurnkeeperClientError | null;
  refetch(): void;
}

/** A server's workflows change only when it restarts. */
const freshForMs = 5 * 60_000;

/**
 * Lists the workflows that the server runs, with their steps and the JSON Schema of what each step collects.
 *
 * @example
 * ```tsx
 * function WorkflowPicker({ onPick }: { onPick(workflowId: string): void }) {
 *   const { definitions, error } = useDefinitions();
 *   if (error !== null) return <p role="alert">{error.message}</p>;
 *   return (definitions ?? []).map(({ id, title }) => (
 *     <button key={id} onClick={() => onPick(id)}>
 *       {title}
 *     </button>
 *   ));
 * }
 * ```
 */
export function useDefinitions(): DefinitionsView {
  const { queries } = useRuntime();
  const options = queries.workflow.definitions.queryOptions(undefined, {
    ...querySettings,
    trpc: { context: forPerson },
    staleTime: freshForMs,
  });
  const { data, isPending, error, refetch } = useQuery(options);
  return useMemo(
    () => ({
      definitions: data,
      isLoading: isPending,
      error: error === null ? null : clientErrorOf(error),
      refetch: () => void refetch(),
    }),
    [data, isPending, error, refetch],
  );
}
