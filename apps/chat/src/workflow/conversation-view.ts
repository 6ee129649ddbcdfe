import type { DefinitionResult } from '@turnkeeper/client';
import type { ConversationView, SendOptions } from '@turnkeeper/client/react';

export type Collected = Readonly<Record<string, unknown>>;

/** The last turn's changes, with the same type for every workflow. */
export interface LastTurn {
  readonly number: number;
  /** A cleared field is `null`. */
  readonly changed: Collected;
  readonly rejected: readonly { readonly field: string; readonly issues: readonly string[] }[];
  readonly citations: readonly string[];
}

/** Returns the collected data without a workflow's own types: the page shows every workflow alike. */
export function collectedOf({ workflowState }: ConversationView): Collected {
  return { ...workflowState?.collected };
}

export function lastTurnOf({ lastTurn }: Pick<ConversationView, 'lastTurn'>): LastTurn | null {
  if (lastTurn === null) return null;
  const { number, collected, rejected, citations } = lastTurn;
  return { number, changed: { ...collected }, rejected, citations };
}

export function definitionOf(
  workflowId: string | null,
  definitions: readonly DefinitionResult[] | undefined,
): DefinitionResult | null {
  return definitions?.find(({ id }) => id === workflowId) ?? null;
}

/** While another turn runs, a new one waits for it. The notices tell the user so. */
export function sendOptionsOf({ busy }: Pick<ConversationView, 'busy'>): SendOptions {
  return busy === null ? {} : { whenBusy: 'wait' };
}

/** Returns whether there may be a change to take back: something was entered or said, or the last turn changed something. */
export function canUndo({
  status,
  workflowState,
  lastTurn,
}: Pick<ConversationView, 'status' | 'workflowState' | 'lastTurn'>): boolean {
  if (status !== 'active') return false;
  const sources = Object.values({ ...workflowState?.sources });
  const hasChanged = lastTurn?.undid === undefined && Object.keys({ ...lastTurn?.collected }).length > 0;
  return hasChanged || sources.some((source) => source !== 'prefilled');
}

export function isFinished({ status }: ConversationView): boolean {
  return status === 'completed' || status === 'ended';
}
