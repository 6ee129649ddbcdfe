import { setImmediate } from 'node:timers/promises';
import { chunk, contentChunk, done, event, finishChunk, opening, usageChunk } from './chunks.ts';
import type { Exchange, Reply } from './exchange.ts';

/** Sends these frames as an event stream, one write each, and ends well. */
export function streams(...frames: readonly string[]): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const frame of frames) await write({ response }, frame);
    response.end();
  };
}

/** A whole, well-formed answer in small chunks. */
export function says(content: string): Reply {
  return streams(opening, ...inPieces(content).map(contentChunk), finishChunk('stop'), done);
}

/** The same, of an answer in JSON. */
export function saysJson(value: unknown): Reply {
  return says(JSON.stringify(value));
}

/** Cuts a text as a tokenizer might: never within a character. */
export function inPieces(text: string, chars = 4): string[] {
  const all = Array.from(text);
  return Array.from({ length: Math.ceil(all.length / chars) }, (_, index) =>
    all.slice(index * chars, (index + 1) * chars).join(''),
  );
}

/** An answer whose model ends it for another reason than being done. */
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

/** Everything that may stand between the words and is no part of them. */
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

/** An error as OpenAI's API answers it. */
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

/** Answers with a body of one's own. */
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

/** Takes the request and never says anything. */
export const neverBegins: Reply = () => undefined;

/** Begins to answer, and never ends. */
export function fallsSilentAfter(...frames: readonly string[]): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const frame of frames) await write({ response }, frame);
  };
}

/** Cuts the connection after these frames. */
export function dropsAfter(...frames: readonly string[]): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const frame of frames) await write({ response }, frame);
    response.destroy();
  };
}

/** Sends one byte after the other, for as long as anybody reads. */
export function drips(bytes: Iterable<string>): Reply {
  return async ({ response }) => {
    openStream({ response });
    for (const byte of bytes) {
      if (response.destroyed) return;
      await write({ response }, byte);
      // A write that succeeds at once would leave no turn of the event loop to those who share it.
      await setImmediate();
    }
    response.end();
  };
}

/** An endpoint that knows no structured output and says so, as OpenAI's does of a model that has none. */
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

/** Each frame in a packet of its own, as far as that can be had; waits for a reader that is slow. */
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
