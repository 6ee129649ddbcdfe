import { chunk, contentChunk, done, event, finishChunk, opening } from './chunks.ts';
import type { Reply } from './exchange.ts';
import {
  answers,
  drips,
  dropsAfter,
  endsWith,
  fails,
  fallsSilentAfter,
  neverBegins,
  refuses,
  says,
  streams,
} from './replies.ts';

/** Words of the model that no log may contain. */
export const faultWords = 'These words came before the fault, or with it.';

const half = [opening, contentChunk(faultWords)];

/** A well-formed stream in a single write. */
function saysInOne(content: string): Reply {
  return streams(opening, contentChunk(content), finishChunk('stop'), done);
}

function* comments(): Generator<string> {
  for (;;) yield ': still here\n';
}

/** Faults that need no input from the test. */
export const faults = {
  'bad request': fails(400, faultWords),
  unauthorized: fails(401, faultWords),
  forbidden: fails(403, faultWords),
  'not found': fails(404, faultWords),
  'too many': fails(429, faultWords, { 'retry-after': '3' }),
  'server error': fails(500, faultWords),
  unavailable: fails(503, faultWords, { 'retry-after': '3' }),
  'error that is no JSON': answers(500, 'text/html', `<h1>${faultWords}</h1>`),
  'no event stream': answers(
    200,
    'application/json',
    `{"choices":[{"message":{"content":"${faultWords}"}}]}`,
  ),
  reset: ({ response }) => void response.socket?.resetAndDestroy(),
  'drop before the first chunk': dropsAfter(),
  drop: dropsAfter(...half),
  // The words break off mid-sentence: a complete sentence would be accepted (decision 48).
  'no finish reason': streams(opening, contentChunk('And then the'), done),
  'no end at all': streams(...half),
  'cut off at the length limit': endsWith('length', faultWords),
  'content filter': endsWith('content_filter', faultWords),
  'tool call': endsWith('tool_calls', faultWords),
  'error in the stream': streams(...half, event({ error: { message: faultWords } }), done),
  'chunk that is no JSON': streams(...half, 'data: {"choices":[{"delta":\n\n', finishChunk('stop')),
  empty: says(''),
  silence: neverBegins,
  'silence after headers': fallsSilentAfter(),
  'silence after words': fallsSilentAfter(...half),
  drip: drips(comments()),
  refusal: refuses('I would rather not.'),
  'never closed': fallsSilentAfter(...half, finishChunk('stop'), done),
  'drop after the finish reason': dropsAfter(...half, finishChunk('stop')),
  'too large': streams(opening, ...Array.from({ length: 300 }, () => contentChunk('x'.repeat(1_000)))),
  'event that never ends': streams('data: ', ...Array.from({ length: 40 }, () => 'x'.repeat(50_000))),
  'comments alone': streams(...Array.from({ length: 40 }, () => ':\n\n'.repeat(300_000))),
  'many chunks': streams(
    [opening, ...Array.from({ length: 60_000 }, () => contentChunk('w ')), finishChunk('stop')].join(''),
  ),
  'deep nesting': streams(
    [
      opening,
      contentChunk('{"prompt":"Deep","data":'),
      ...Array.from({ length: 9_900 }, () => contentChunk('{"a":{"a":{"a":{"a":')),
      finishChunk('stop'),
    ].join(''),
  ),
  'deep nesting that closes': saysInOne(
    `{"prompt":"Deep","data":{"name":${'['.repeat(90_000)}${']'.repeat(90_000)}}}`,
  ),
  'nested chunk': streams(`data: ${'['.repeat(500_000)}\n\n`, finishChunk('stop')),
  'chunk of another kind': streams(...half, chunk({ delta: { content: 17 } }), finishChunk('stop')),
  'blocks that never close': saysInOne('```json\n'.repeat(20_000)),
  'many blocks': saysInOne('```json\n{"data":{}}\n```\n'.repeat(8_000)),
} as const satisfies Readonly<Record<string, Reply>>;

export type FaultName = keyof typeof faults;
