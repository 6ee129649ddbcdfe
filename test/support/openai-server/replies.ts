import { setImmediate } from 'node:timers/promises';
import { chunk, contentChunk, done, event, finishChunk, opening, usageChunk } from './chunks.ts';
import type { Exchange, Reply } from './exchange.ts';

/** Sends these frames as an event stream, one write each, and ends the response. */
export function streams(...frames: readonly string[]): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const frame of frames) await write({ response }, frame);
    response.end();
  };
}

/** Sends a complete, well-formed answer in small chunks. */
export function says(content: string): Reply {
  return streams(opening, ...inPieces(content).map(contentChunk), finishChunk('stop'), done);
}

/** Sends a complete answer in JSON, in small chunks. */
export function saysJson(value: unknown): Reply {
  return says(JSON.stringify(value));
}

/** Splits a text as a tokenizer might: never inside a character. */
export function inPieces(text: string, chars = 4): string[] {
  const all = Array.from(text);
  return Array.from({ length: Math.ceil(all.length / chars) }, (_, index) =>
    all.slice(index * chars, (index + 1) * chars).join(''),
  );
}

/** Sends an answer with another finish reason than `stop`. */
export function endsWith(reason: string, content = 'Half an ans'): Reply {
  return streams(opening, contentChunk(content), finishChunk(reason), done);
}

export function refuses(words: string): Reply {
  return streams(
    opening,
    ...inPieces(words).map((refusal) => chunk({ delta: { refusal } })),
    finishChunk('stop'),
    done,
  );
}

/** Sends the words with everything between them that a stream may hold and that is not part of the answer. */
export function saysWithNoise(content: string): Reply {
  return streams(
    ': keep-alive\n\n',
    opening,
    chunk({ delta: { reasoning_content: 'the person wants to know…' } }),
    chunk({ delta: { reasoning: 'thinking still' } }),
    event({ id: 'x', object: 'chat.completion.chunk', choices: [], prompt_filter_results: [] }),
    ...inPieces(content).map(contentChunk),
    chunk({ delta: { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'rm', arguments: '{}' } }] } }),
    chunk({ index: 1, delta: { content: 'from another choice' } }),
    finishChunk('stop'),
    usageChunk,
    done,
  );
}

/** Sends an error in the form of OpenAI's API. */
export function fails(
  status: number,
  message = 'this request was not to its taste',
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(
      JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }),
    );
  };
}

/** Sends a body of the test's choice. */
export function answers(status: number, contentType: string, body: string): Reply {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': contentType });
    response.end(body);
  };
}

export function redirectsTo(location: string, status = 307): Reply {
  return ({ response }) => {
    response.writeHead(status, { location });
    response.end();
  };
}

/** Receives the request and never answers. */
export const neverBegins: Reply = () => undefined;

/** Sends these frames and then neither more nor an end. */
export function fallsSilentAfter(...frames: readonly string[]): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const frame of frames) await write({ response }, frame);
  };
}

/** Sends these frames and cuts the connection. */
export function dropsAfter(...frames: readonly string[]): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const frame of frames) await write({ response }, frame);
    response.destroy();
  };
}

/** Sends one byte after the other for as long as the client reads. */
export function drips(bytes: Iterable<string>): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const byte of bytes) {
      if (response.destroyed) return;
      await write({ response }, byte);
      // A write that succeeds at once would leave the event loop's other users no turn.
      await setImmediate();
    }
    response.end();
  };
}

/** An endpoint without structured output that rejects it, as OpenAI's does for a model that lacks it. */
export function refusingFormat(reply: Reply, status = 400, message = formatRefusal): Reply {
  return (exchange) =>
    exchange.request.body.response_format === undefined ? reply(exchange) : fails(status, message)(exchange);
}

const formatRefusal =
  "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";

function openStream({ response }: Pick<Exchange, 'response'>): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  response.flushHeaders();
}

/** Sends each frame in a packet of its own, as far as possible, and waits for a slow reader. */
async function write({ response }: Pick<Exchange, 'response'>, frame: string): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.write(frame, () => {
      response.removeListener('close', resolve);
      resolve();
    });
  });
}
