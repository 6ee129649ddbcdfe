import type { EventSourceMessage } from 'eventsource-parser';
import { createParser } from 'eventsource-parser';
import { activitySchema } from '../../answer/activity.ts';
import type { Activity } from '../../answer/activity.ts';
import { limits } from '../../domain/limits.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';
import { connectionLost } from '../post.ts';
import { cutNesting, cutWidth } from '../cut-json.ts';

/**
 * Yields the activities of an answer as they arrive, until the frame that ends it.
 * @throws AgentFailure when the answer is cut short, too large, or holds anything but activities
 */
export async function* readActivities(body: ReadableStream<Uint8Array>): AsyncGenerator<Activity, void> {
  const frames = new SseFrames();
  for await (const piece of readText(body)) {
    for (const frame of frames.feed(piece)) {
      if (frame.event === 'end') return;
      // Other events may be added to the protocol; the service's own client skips them too.
      if (frame.event === 'activity' && frame.data !== '') yield readEventActivity(frame);
    }
  }
  throw new AgentFailure('ambiguous', 'the answer stopped before its end');
}

/** Decodes a body as text. A character may be split between two chunks. */
async function* readText(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw connectionLost(error);
    });
    if (done) return;
    bytes += value.byteLength;
    if (bytes > limits.answerChars) throw new AgentFailure('failed', 'the answer is too large');
    yield decoder.decode(value, { stream: true });
  }
}

function readEventActivity({ data }: EventSourceMessage): Activity {
  // The bounds allow one level and one value more than the turn does: the turn cuts those itself, and reports it.
  const bounded = cutWidth(cutNesting(data, limits.activityDepth + 1), limits.activityValues + 1);
  const activity = activitySchema.safeParse(parseJson(bounded));
  if (activity.success) return activity.data;
  throw new AgentFailure('ambiguous', 'the answer holds something that is not an activity');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Maximum length of one frame, in characters. */
const frameChars = 4_000_000;
/** The frame that ends the answer counts too. */
const framesPerAnswer = limits.answerActivities + 1;
/** Maximum number of lines that are not part of the format: each costs the parser an error. */
const strangeLines = 1_000;

/** Assembles the frames of an answer from the pieces of its body. */
class SseFrames {
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
   * Returns the frames that this piece completes.
   * @throws AgentFailure when the answer is too large, or no stream of events
   */
  feed(piece: string): EventSourceMessage[] {
    this.#parser.feed(this.#withLineFeeds(piece));
    return this.#complete.splice(0);
  }

  /**
   * Converts every line end to LF: for lone carriage returns the parser's time grows with the square of a chunk's
   * length.
   */
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
