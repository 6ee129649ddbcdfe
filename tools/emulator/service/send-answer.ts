import type { ServerResponse } from 'node:http';
import type { Answer, StreamAnswer } from './answer.ts';
import { BodyWriter } from './body-writer.ts';
import type { Conversation } from './conversations.ts';
import { activityFrame, endFrame, frame } from './sse-frames.ts';

const idHeader = 'x-ms-conversationid';

/** Carries an answer out, faults and all; `cut` breaks the connection. */
export async function sendAnswer(
  answer: Answer,
  conversation: Conversation,
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
  conversation: Conversation,
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

/** A subscription: what was said after that event, then whatever is said, until the client leaves. */
export async function sendSubscription(
  conversation: Conversation,
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
