const lineEnd = '\r\n';
const simple = '+-:_#,(';
const bulk = '$=!';
const pairs = '%|';

/**
 * Reassembles whole frames of the Redis protocol (versions 2 and 3) from the pieces that arrive, so that a proxy can
 * separate one request, or one reply, from the next.
 */
export class RespFrames {
  #rest = Buffer.alloc(0);

  /** Returns the frames that are complete by now, in order. */
  take(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    for (let end = frameEnd(this.#rest, 0); end !== null; end = frameEnd(this.#rest, 0)) {
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

/** Returns whether a frame is a push message, which answers no request. */
export function isPush(frame: Buffer): boolean {
  return frame.toString('latin1', 0, 1) === '>';
}

/** A request's words: the command and its arguments. */
export function wordsOf(request: Buffer): string[] {
  const words: string[] = [];
  let at = request.indexOf(lineEnd) + lineEnd.length;
  while (at < request.length) {
    const from = request.indexOf(lineEnd, at) + lineEnd.length;
    const length = Number(request.toString('latin1', at + 1, from - lineEnd.length));
    words.push(request.toString('utf8', from, from + length));
    at = from + length + lineEnd.length;
  }
  return words;
}

/** Returns the end of the frame that begins at `at`; null when it is not complete yet. */
function frameEnd(buffer: Buffer, at: number): number | null {
  const newline = buffer.indexOf(lineEnd, at);
  if (newline === -1) return null;
  const type = buffer.toString('latin1', at, at + 1);
  const afterLine = newline + lineEnd.length;
  if (simple.includes(type)) return afterLine;
  const size = Number(buffer.toString('latin1', at + 1, newline));
  if (bulk.includes(type)) {
    const end = size < 0 ? afterLine : afterLine + size + lineEnd.length;
    return end <= buffer.length ? end : null;
  }
  const parts = pairs.includes(type) ? 2 * size : size;
  let end: number | null = afterLine;
  for (let part = 0; part < parts && end !== null; part += 1) end = frameEnd(buffer, end);
  return end;
}
