import type { AnyWatchEvent } from '../../results.ts';
import type { LiveAnswer } from './conversation-view.ts';

/** The running turn, with its answer so far. */
export interface WatchedTurn {
  readonly turnNumber: number;
  readonly answer: LiveAnswer;
}

/**
 * Returns the running turn after an event of the watch. Pure.
 * @param ownTurnId the id of the user's own turn while it is sent, which the client tries again when it fails
 */
export function runningAfter(
  running: WatchedTurn | null,
  event: AnyWatchEvent,
  ownTurnId: string | null = null,
): WatchedTurn | null {
  switch (event.type) {
    // The turn may have failed in the meantime. If it runs, the server reports it again.
    case 'watch.started':
    case 'conversation.ended':
      return null;
    case 'turn.started':
      // The words of a try that has failed stay until the next one says something.
      if (running?.answer.turnId === event.turnId && running.answer.isOfFailedTry)
        return { ...running, turnNumber: event.turnNumber };
      return {
        turnNumber: event.turnNumber,
        answer: { turnId: event.turnId, ...nothingYet },
      };
    case 'agent.typing':
      return ofTurn(running, event.turnId, (answer) => ({
        ...answer,
        typing: true,
        typingText: event.text ?? null,
      }));
    case 'message.delta':
      return ofTurn(running, event.turnId, (answer) => ({
        ...answer,
        ...nothingYet,
        texts: grown(answer.isOfFailedTry ? [] : answer.texts, event),
      }));
    case 'turn.failed':
      if (running?.answer.turnId !== event.turnId) return running;
      if (event.turnId !== ownTurnId || running.answer.texts.length === 0) return null;
      return ofTurn(running, event.turnId, ({ turnId, texts }) => ({
        ...{ turnId, ...nothingYet },
        ...{ isOfFailedTry: true, texts },
      }));
    case 'turn.committed':
      return running !== null && running.turnNumber <= event.turn.number ? null : running;
    case 'watch.interrupted':
      return running;
  }
}

const nothingYet = { typing: false, typingText: null, isOfFailedTry: false, texts: [] } as const;

function ofTurn(
  running: WatchedTurn | null,
  turnId: string,
  change: (answer: LiveAnswer) => LiveAnswer,
): WatchedTurn | null {
  if (running?.answer.turnId !== turnId) return running;
  return { ...running, answer: change(running.answer) };
}

interface Delta {
  readonly streamId: string;
  readonly offset: number;
  readonly text: string;
}

function grown(texts: LiveAnswer['texts'], { streamId, offset, text }: Delta): LiveAnswer['texts'] {
  const shown = texts.find((one) => one.streamId === streamId)?.text ?? '';
  // A delta was missed. The whole text comes again shortly.
  if (offset > shown.length) return texts;
  const updated = { streamId, text: shown.slice(0, offset) + text };
  return texts.some((one) => one.streamId === streamId)
    ? texts.map((one) => (one.streamId === streamId ? updated : one))
    : [...texts, updated];
}
