import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { StreamAnswer } from './answer.ts';

type Pace = Pick<StreamAnswer, 'pace' | 'dropAfterBytes'>;

/** Writes a body as slowly, and as far, as it is told. */
export class BodyWriter {
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

  /** Whether there is anyone left to write to. */
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
      // What was written before the cut is to arrive.
      await new Promise<void>((resolve) => this.#response.write('', () => resolve()));
      this.#cut();
    } else if (!isDrained && this.isOpen) {
      const either = new AbortController();
      const told = (event: string) => once(this.#response, event, { signal: either.signal });
      await Promise.race([told('drain'), told('close')]).finally(() => either.abort());
    }
  }
}
