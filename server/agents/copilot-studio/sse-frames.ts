import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';
import { limits } from '../../domain/limits.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';

/** What one frame may hold, in characters. */
const frameChars = 4_000_000;
/** The end is a frame too. */
const framesPerAnswer = limits.answerActivities + 1;
/** Lines that no server-sent event has; each costs the parser an error. */
const strangeLines = 1_000;

/** Puts the frames of an answer together from the pieces of its body. */
export class SseFrames {
  readonly #complete: EventSourceMessage[] = [];
  readonly #parser = createParser({
    maxBufferSize: frameChars,
    onEvent: (frame) => this.#take(frame),
    onError: ({ type }) => this.#noteError(type),
  });
  #frames = 0;
  #strangeLines = 0;
  #endedInCr = false;

  /**
   * Answers the frames that are complete with this piece.
   * @throws AgentFailure when the answer is too large, or no stream of events
   */
  feed(piece: string): EventSourceMessage[] {
    this.#parser.feed(this.#withLineFeeds(piece));
    return this.#complete.splice(0);
  }

  /** Ends all lines alike: over carriage returns alone the parser takes time with the square of a piece's length. */
  #withLineFeeds(piece: string): string {
    const rest = this.#endedInCr && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') this.#endedInCr = piece.endsWith('\r');
    return rest.replaceAll(/\r\n?/g, '\n');
  }

  #take(frame: EventSourceMessage): void {
    this.#frames += 1;
    if (this.#frames > framesPerAnswer || frame.data.length > frameChars) throw tooLarge();
    this.#complete.push(frame);
  }

  #noteError(type: string): void {
    if (type === 'max-buffer-size-exceeded') throw tooLarge();
    this.#strangeLines += 1;
    if (this.#strangeLines > strangeLines) {
      throw new AgentFailure('failed', 'the answer is not a stream of events');
    }
  }
}

function tooLarge(): AgentFailure {
  return new AgentFailure('failed', 'the answer is too large');
}
