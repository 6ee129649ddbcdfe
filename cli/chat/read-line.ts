import { z } from 'zod';
import type { Json, Message, TurnResult } from '../../client-sdk/src/index.ts';

/** An answer that the person can choose by its number; `value` is sent. */
export interface Choice {
  readonly title: string;
  readonly value: string;
}

/** The kind of answer that the server expects next. */
export type Expected =
  | { readonly kind: 'words' }
  | { readonly kind: 'confirmation' }
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] };

/** The meaning of a typed line. */
export type Intent =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'help' | 'quit' | 'status' | 'retry' | 'undo' | 'nothing' }
  | { readonly kind: 'set'; readonly field: string; readonly value: Json }
  | { readonly kind: 'end'; readonly outcome: 'completed' | 'cancelled' }
  | { readonly kind: 'unclear'; readonly explanation: string };

export const help = `  /status           what is collected so far, and how far you are
  /set FIELD VALUE  set a field directly, without words; without a value, clear it
  /undo             take the last change back
  /end              end the conversation as cancelled
  /end completed    end it as completed
  /retry            send the turn that failed again; it happens only once
  Ctrl-C            stop the turn that runs; leave, where none does
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
  const set = /^\/set\s+(\S+)(?:\s+(.+))?$/i.exec(line);
  if (set !== null) return { kind: 'set', field: set[1] ?? '', value: valueIn(set[2]) };
  const [name = '', argument = '', ...rest] = line.toLowerCase().split(/\s+/);
  const command = rest.length > 0 ? line.toLowerCase() : `${name} ${argument}`.trim();
  switch (command) {
    case '/help':
      return { kind: 'help' };
    case '/status':
      return { kind: 'status' };
    case '/retry':
      return { kind: 'retry' };
    case '/undo':
      return { kind: 'undo' };
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

/** A number, a boolean, a list or an object as JSON writes it; everything else is a text. */
function valueIn(text: string | undefined): Json {
  if (text === undefined) return null;
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return text;
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

type AnySuggestedInput = TurnResult<never>['workflowState']['suggestedInput'];

/** The choices come from the step, or else from the suggested actions of the agent's last message. */
export function expectedAnswer({ type, choices }: AnySuggestedInput, messages: readonly Message[]): Expected {
  // The conversation has ended, so nobody can choose a suggested action of its last message.
  if (type === 'none') return { kind: 'words' };
  if (type === 'confirmation') return { kind: 'confirmation' };
  if (type === 'choice' && choices !== undefined) return { kind: 'choice', choices };
  const offered = messages.at(-1)?.suggestedActions ?? [];
  return offered.length === 0 ? { kind: 'words' } : { kind: 'choice', choices: offered };
}

/** Numbers the choices; returns none if the agent's text already numbers them in the same way. */
export function choiceLines(choices: readonly Choice[], messages: readonly Message[]): string[] {
  const said = messages.map(({ text }) => text ?? '').join('\n');
  const lines = choices.map(({ title }, index) => `${index + 1}. ${title}`);
  return lines.every((line) => said.includes(line)) ? [] : lines;
}
