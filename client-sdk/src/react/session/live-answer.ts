import type { AnyWatchEvent } from '../../results.ts';
import type { LiveAnswer } from './conversation-view.ts';

/** The running turn, with its answer so far. */
export interface WatchedTurn {
  readonly turnNumber: number;
  readonly answer: LiveAnswer;
}

/** Returns the running turn after an event of the watch. Pure. */
export function runningAfter(running: WatchedTurn | null, event: AnyWatchEvent): WatchedTurn | null {
  switch (event.type) {
    // The turn may have failed in the meantime. If it runs, the server reports it again.
    case 'watch.started':
    case 'conversation.ended':
      return null;
    case 'turn.started':
      return {
        turnNumber: event.turnNumber,
        answer: { turnId: event.turnId, typing: false, typingText: null, texts: [] },
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
        typing: false,
        typingText: null,
        texts: grown(answer.texts, event),
      }));
    case 'turn.failed':
      return running?.answer.turnId === event.turnId ? null : running;
    case 'turn.committed':
      return running !== null && running.turnNumber <= event.turn.number ? null : running;
    case 'watch.interrupted':
      return running;
  }
}

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
