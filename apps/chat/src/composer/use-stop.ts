import type { ConversationView } from '@turnkeeper/client/react';
import { useEffect, useEffectEvent, useState } from 'react';

/** Stopping the turn that runs, whoever sent it. */
export interface Stop {
  readonly isRunning: boolean;
  readonly stop: () => void;
  /** The outcome in words, for a screen reader; empty while there is none. */
  readonly outcome: string;
}

interface StoppedTurn {
  readonly turnId: string;
  /** The number of turns that were stored when it was stopped. */
  readonly turnCount: number;
  /** True for a text of the user's own. */
  readonly isText: boolean;
}

/**
 * Lets the user stop the turn that runs, by `stop` or with Escape. The words of the user's own turn go back into the box.
 * Where it is unknown whether they were stored, they stay in the transcript, which says so and lets the user choose.
 */
export function useStop(view: ConversationView, onWords: (words: string) => void): Stop {
  const { pending, live, isSending } = view;
  const isRunning = isSending || live !== null;
  const runningId = isSending ? pending?.turnId : live?.turnId;
  const turnCount = view.workflowState?.turnCount ?? 0;
  const [stopped, setStopped] = useState<StoppedTurn | null>(null);
  if (stopped !== null && runningId !== undefined && runningId !== stopped.turnId) setStopped(null);

  const stop = (): void => {
    if (runningId === undefined) return;
    setStopped({ turnId: runningId, turnCount, isText: isSending && pending?.input.type === 'text' });
    view.stop();
  };

  const stopByKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing || !canEscape(event.target))
      return;
    // The site around an embedded page would close its panel.
    event.preventDefault();
    stop();
  });
  useEffect(() => {
    if (!isRunning) return;
    document.addEventListener('keydown', stopByKey, { capture: true });
    return () => document.removeEventListener('keydown', stopByKey, { capture: true });
  }, [isRunning]);

  // A turn that was stored all the same is announced by its answer.
  const hasStopped = stopped !== null && !isRunning && stopped.turnCount === turnCount;
  const canTakeBack =
    hasStopped &&
    pending?.phase === 'failed' &&
    pending.turnId === stopped.turnId &&
    pending.input.type === 'text' &&
    !pending.isOutcomeUnknown;
  const takeBack = useEffectEvent(() => {
    const input = view.discard();
    if (input?.type === 'text') onWords(input.text);
  });
  useEffect(() => {
    if (canTakeBack) takeBack();
  }, [canTakeBack]);

  const areWordsBack = hasStopped && stopped.isText && pending === null;
  const outcome = areWordsBack ? 'Stopped. Your words are back in the box.' : hasStopped ? 'Stopped.' : '';
  return { isRunning, stop, outcome };
}

/** Escape belongs to an open dialog, and to a list or a picker that may be open. */
function canEscape(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]') !== null) return false;
  return !(target instanceof Element) || target.closest('select, input') === null;
}
