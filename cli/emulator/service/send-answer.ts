import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import type { Answer, StreamAnswer, FrameStyle } from './answers.ts';
import type { EmulatedConversation } from './conversations.ts';

const idHeader = 'x-ms-conversationid';

/** Sends an answer with its faults; `cut` breaks the connection. */
export async function sendAnswer(
  answer: Answer,
  conversation: EmulatedConversation,
  { response, cut }: { readonly response: ServerResponse; readonly cut: () => void },
): Promise<void> {
  switch (answer.kind) {
    case 'silence':
      return;
    case 'reset':
      cut();
      return;
    case 'status': {
      const id = answer.status < 300 ? { [idHeader]: conversation.id } : {};
      response.writeHead(answer.status, { ...id, ...answer.headers });
      response.end(answer.body);
      return;
    }
    case 'stream':
      await sendStream(answer, conversation, { response, writer: new BodyWriter(response, answer, cut) });
  }
}

async function sendStream(
  answer: StreamAnswer,
  conversation: EmulatedConversation,
  { response, writer }: { readonly response: ServerResponse; readonly writer: BodyWriter },
): Promise<void> {
  const toldId = answer.claimedConversationId ?? conversation.id;
  response.writeHead(200, {
    'content-type': answer.contentType,
    ...(answer.conversationIdIn === 'header' ? { [idHeader]: toldId } : {}),
  });
  response.flushHeaders();
  for (const item of answer.items) {
    if (!writer.isOpen) return;
    if ('until' in item) await item.until;
    else if ('raw' in item) await writer.write(item.raw);
    else if ('data' in item) await writer.write(frame({ event: 'activity', data: item.data }, answer.style));
    else {
      const stamped = conversation.stamp(
        item.activity,
        answer.conversationIdIn === 'nowhere' ? null : toldId,
      );
      conversation.say(stamped);
      await writer.write(activityFrame(stamped, String(conversation.said.length), answer.style));
    }
  }
  if (answer.ending === 'hang') return;
  if (answer.ending === 'end') await writer.write(endFrame(answer.style));
  response.end();
}

/** Sends the activities after an event, then each new one, until the client leaves. */
export async function sendSubscription(
  conversation: EmulatedConversation,
  lastEventId: number,
  response: ServerResponse,
): Promise<void> {
  const style = { lineEnd: '\n', ids: true, manyLines: false, comments: true } as const;
  response.writeHead(200, { 'content-type': 'text/event-stream', [idHeader]: conversation.id });
  response.flushHeaders();
  let sent = lastEventId;
  const sendNew = (): void => {
    for (const activity of conversation.said.slice(sent)) {
      sent += 1;
      response.write(activityFrame(activity, String(sent), style));
    }
  };
  sendNew();
  const stop = conversation.listen(sendNew);
  await new Promise<void>((resolve) => response.once('close', () => resolve()));
  stop();
}

interface Frame {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** A server-sent event, spelt in the given style (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
function frame({ event, data, id }: Frame, style: FrameStyle): string {
  const lines = [
    ...(style.comments ? [': keep-alive', ''] : []),
    `event: ${event}`,
    ...(style.ids && id !== undefined ? [`id: ${id}`] : []),
    ...data.split('\n').map((line) => `data: ${line}`),
  ];
  return lines.map((line) => line + style.lineEnd).join('') + style.lineEnd;
}

function activityFrame(activity: object, id: string, style: FrameStyle): string {
  const data = JSON.stringify(activity, null, style.manyLines ? 2 : undefined);
  return frame({ event: 'activity', data, id }, style);
}

function endFrame(style: FrameStyle): string {
  return frame({ event: 'end', data: 'end' }, style);
}

type Pace = Pick<StreamAnswer, 'pace' | 'dropAfterBytes'>;

/** Writes a body at a given pace, up to a given byte. */
class BodyWriter {
  readonly #response: ServerResponse;
  readonly #pace: Pace;
  readonly #cut: () => void;
  #bytesLeft: number;
  #hasWritten = false;

  constructor(response: ServerResponse, pace: Pace, cut: () => void) {
    this.#response = response;
    this.#pace = pace;
    this.#cut = cut;
    this.#bytesLeft = pace.dropAfterBytes ?? Number.POSITIVE_INFINITY;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed;
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const step = this.#pace.pace?.bytes ?? bytes.length;
    for (let start = 0; start < bytes.length && this.isOpen; start += step) {
      if (this.#pace.pace !== null && this.#hasWritten) await pause(this.#pace.pace.everyMs);
      await this.#writeBytes(bytes.subarray(start, start + step));
      this.#hasWritten = true;
    }
  }

  async #writeBytes(bytes: Buffer): Promise<void> {
    const allowed = bytes.subarray(0, this.#bytesLeft);
    this.#bytesLeft -= allowed.length;
    const isDrained = this.#response.write(allowed);
    if (this.#bytesLeft === 0) {
      // The bytes before the cut must arrive.
      await new Promise<void>((resolve) => this.#response.write('', () => resolve()));
      this.#cut();
    } else if (!isDrained && this.isOpen) {
      const either = new AbortController();
      const told = (event: string) => once(this.#response, event, { signal: either.signal });
      await Promise.race([told('drain'), told('close')]).finally(() => either.abort());
    }
  }
}
