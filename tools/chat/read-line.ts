/** What can be typed in place of a number or a word, and what is then sent. */
export interface Choice {
  readonly title: string;
  readonly value: string;
}

/** What the next answer may be, as far as it is known. */
export type Expected =
  | { readonly kind: 'words' }
  | { readonly kind: 'confirmation' }
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] };

/** What a typed line means. */
export type Intent =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'help' | 'quit' | 'status' | 'retry' | 'nothing' }
  | { readonly kind: 'end'; readonly outcome: 'completed' | 'cancelled' }
  | { readonly kind: 'unclear'; readonly explanation: string };

export const help = `  /status           what is collected so far, and how far you are
  /end              end the conversation as cancelled
  /end completed    end it as completed
  /retry            send the turn that failed again; it happens only once
  /quit             leave; the conversation can be resumed
  /help             this list`;

export function readLine(line: string, expected: Expected): Intent {
  if (line === '') return { kind: 'nothing' };
  if (line.startsWith('/')) return readCommand(line);
  switch (expected.kind) {
    case 'words':
      return { kind: 'say', text: line };
    case 'confirmation':
      return { kind: 'say', text: readYesOrNo(line) };
    case 'choice':
      return readChoice(line, expected.choices);
  }
}

function readCommand(line: string): Intent {
  const [name = '', argument = '', ...rest] = line.toLowerCase().split(/\s+/);
  const command = rest.length > 0 ? line.toLowerCase() : `${name} ${argument}`.trim();
  switch (command) {
    case '/help':
      return { kind: 'help' };
    case '/status':
      return { kind: 'status' };
    case '/retry':
      return { kind: 'retry' };
    case '/quit':
      return { kind: 'quit' };
    case '/end':
    case '/end cancelled':
      return { kind: 'end', outcome: 'cancelled' };
    case '/end completed':
      return { kind: 'end', outcome: 'completed' };
    default:
      return { kind: 'unclear', explanation: `There is no command "${line}". /help lists them.` };
  }
}

function readYesOrNo(line: string): string {
  const short = line.toLowerCase();
  if (short === 'y') return 'yes';
  return short === 'n' ? 'no' : line;
}

function readChoice(line: string, choices: readonly Choice[]): Intent {
  if (!/^\d+$/.test(line)) return { kind: 'say', text: line };
  const chosen = choices[Number(line) - 1];
  if (chosen !== undefined) return { kind: 'say', text: chosen.value };
  return {
    kind: 'unclear',
    explanation: `Type a number from 1 to ${choices.length}, or your answer in words.`,
  };
}
