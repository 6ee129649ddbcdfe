export interface Progress {
  readonly tell: (text: string) => void;
  /** Makes room for the tables. */
  readonly end: () => void;
}

/** Progress on stderr: one line that changes on a terminal, else a line for each part of a case. */
export function openProgress(caseName: string): Progress {
  const { stderr } = process;
  let lastPart = '';
  return {
    tell: (text) => {
      if (stderr.isTTY) {
        stderr.write(`\r\u001b[K${caseName}: ${text}`.slice(0, stderr.columns + 4));
        return;
      }
      const part = text.replace(/:.*$/s, '');
      if (part !== lastPart) stderr.write(`${caseName}: ${part} …\n`);
      lastPart = part;
    },
    end: () => {
      if (stderr.isTTY) stderr.write('\r\u001b[K');
    },
  };
}
