import { createInterface } from 'node:readline/promises';
import { terminalColors } from '../support/plain-text.ts';
import type { Colors } from '../support/plain-text.ts';

/** Where the chat is read and shown: a person's terminal, or a pipe with one line for each answer. */
export interface Terminal extends Disposable {
  readonly colors: Colors;
  /** Aborts when the person presses Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly print: (text: string) => void;
  /** The next line, trimmed; `null` when there are no more. */
  readonly ask: (prompt: string) => Promise<string | null>;
  /** Shows that something is under way, on a person's terminal. */
  readonly whileWaiting: <Result>(work: Promise<Result>) => Promise<Result>;
}

const frames = ['…  ', ' … ', '  …', ' … '];
const frameMs = 150;

export function openTerminal(): Terminal {
  const { stdin: input, stdout: output } = process;
  const isInteractive = input.isTTY && output.isTTY;
  const interrupted = new AbortController();
  const readline = createInterface({ input, output, terminal: isInteractive });
  // Listens from now on: lines that come before they are asked for, as all of a pipe's do, are kept.
  const lines = readline[Symbol.asyncIterator]();
  const print = (text: string): void => void output.write(`${text}\n`);
  readline.on('SIGINT', () => {
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
      // In a pipe nobody sees what is typed: the transcript would lack one side.
      if (!isInteractive) print(`${prompt}${line}`);
      return line;
    },
    whileWaiting: async (work) => {
      if (!isInteractive) return work;
      let frame = 0;
      const timer = setInterval(() => {
        output.write(`\r${frames[frame % frames.length] ?? ''}`);
        frame += 1;
      }, frameMs);
      try {
        return await work;
      } finally {
        clearInterval(timer);
        output.write(`\r${' '.repeat(3)}\r`);
      }
    },
    [Symbol.dispose]: () => readline.close(),
  };
}
