import { createInterface } from 'node:readline/promises';
import { terminalColors } from '../support/plain-text.ts';
import type { Colors } from '../support/plain-text.ts';

/** Input and output of the chat: a person's terminal, or a pipe with one line per answer. */
export interface Terminal extends Disposable {
  readonly colors: Colors;
  /** Aborted by Ctrl-C, unless something waits that it stops. */
  readonly interrupted: AbortSignal;
  readonly print: (text: string) => void;
  /** Reads the next line, trimmed; `null` at the end of the input. */
  readonly ask: (prompt: string) => Promise<string | null>;
  /**
   * Shows a spinner on a person's terminal until the call ends.
   * @param stop called by the first Ctrl-C meanwhile; the next one interrupts
   */
  readonly whileWaiting: <Result>(work: Promise<Result>, stop?: () => void) => Promise<Result>;
}

const frames = ['…  ', ' … ', '  …', ' … '];
const frameMs = 150;

export function openTerminal(): Terminal {
  const { stdin: input, stdout: output } = process;
  const isInteractive = input.isTTY && output.isTTY;
  const interrupted = new AbortController();
  const readline = createInterface({ input, output, terminal: isInteractive });
  // The listener starts here, because a pipe sends its lines before anybody asks for them.
  const lines = readline[Symbol.asyncIterator]();
  const print = (text: string): void => void output.write(`${text}\n`);
  let stopFirst: (() => void) | null = null;
  readline.on('SIGINT', () => {
    const stop = stopFirst;
    stopFirst = null;
    if (stop !== null) {
      stop();
      return;
    }
    interrupted.abort();
    readline.close();
  });
  return {
    colors: terminalColors(),
    interrupted: interrupted.signal,
    print,
    ask: async (prompt) => {
      if (isInteractive) {
        readline.setPrompt(prompt);
        readline.prompt();
      }
      const next = await lines.next();
      if (next.done === true) return null;
      const line = next.value.trim();
      // A pipe does not echo its lines, so the transcript would lack the person's side.
      if (!isInteractive) print(`${prompt}${line}`);
      return line;
    },
    whileWaiting: async (work, stop) => {
      if (!isInteractive) return work;
      stopFirst = stop ?? null;
      let frame = 0;
      const timer = setInterval(() => {
        output.write(`\r${frames[frame % frames.length] ?? ''}`);
        frame += 1;
      }, frameMs);
      try {
        return await work;
      } finally {
        stopFirst = null;
        clearInterval(timer);
        output.write(`\r${' '.repeat(3)}\r`);
      }
    },
    [Symbol.dispose]: () => readline.close(),
  };
}
