import type { EventSourceMessage } from 'eventsource-parser';
import { activitySchema } from '../../answer/activity.ts';
import type { Activity } from '../../answer/activity.ts';
import { limits } from '../../domain/limits.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';
import { causeCode } from '../cause-code.ts';
import { cutNesting, cutWidth } from '../cut-json.ts';
import { SseFrames } from './sse-frames.ts';

/**
 * The activities of an answer as they arrive, until the frame that ends it.
 * @throws AgentFailure when the answer is cut short, too large, or holds what is no activity
 */
export async function* readActivities(body: ReadableStream<Uint8Array>): AsyncGenerator<Activity, void> {
  const frames = new SseFrames();
  for await (const piece of readText(body)) {
    for (const frame of frames.feed(piece)) {
      if (frame.event === 'end') return;
      // Anything else may be there to come; the service's own client reads past it too.
      if (frame.event === 'activity' && frame.data !== '') yield readActivity(frame);
    }
  }
  throw new AgentFailure('ambiguous', 'the answer stopped before its end');
}

/** Reads a body as text, however its characters are spread over the pieces. */
async function* readText(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw brokenOff(error);
    });
    if (done) return;
    bytes += value.byteLength;
    if (bytes > limits.answerChars) throw new AgentFailure('failed', 'the answer is too large');
    yield decoder.decode(value, { stream: true });
  }
}

function brokenOff(error: unknown): AgentFailure {
  const code = causeCode(error);
  const named = code === null ? '' : ` (${code})`;
  return new AgentFailure('ambiguous', `the connection broke in the middle of the answer${named}`);
}

function readActivity({ data }: EventSourceMessage): Activity {
  // One level and one value are left for the turn to cut, which reports it.
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
