import type { DefinitionResult } from '@turnkeeper/client';
import type { ConversationView, SendOptions } from '@turnkeeper/client/react';

export type Collected = Readonly<Record<string, unknown>>;

/** What the last turn did, of whatever workflow. */
export interface LastTurn {
  readonly number: number;
  /** `null` for what it cleared. */
  readonly changed: Collected;
  readonly rejected: readonly { readonly field: string; readonly issues: readonly string[] }[];
  readonly citations: readonly string[];
}

/** This page shows every workflow alike, so it forgets the types that one lends to its state. */
export function collectedOf({ workflowState }: ConversationView): Collected {
  return { ...workflowState?.collected };
}

export function lastTurnOf({ lastTurn }: ConversationView): LastTurn | null {
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

/** As the page says while another turn runs: what is sent then is held until that is done. */
export function sendOptionsOf({ busy }: Pick<ConversationView, 'busy'>): SendOptions {
  return busy === null ? {} : { whenBusy: 'wait' };
}

export function isFinished({ status }: ConversationView): boolean {
  return status === 'completed' || status === 'ended';
}
