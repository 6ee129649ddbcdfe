import type { Message, TurnResult } from '../../client-sdk/src/index.ts';
import type { Choice, Expected } from './read-line.ts';

type SuggestedInput = TurnResult<never>['workflowState']['suggestedInput'];

/** What may be answered next: what the step asks for, else what the agent offers in its last message. */
export function expectedAnswer({ type, choices }: SuggestedInput, messages: readonly Message[]): Expected {
  // It is over: what the last message offered is not to be answered any more.
  if (type === 'none') return { kind: 'words' };
  if (type === 'confirmation') return { kind: 'confirmation' };
  if (choices !== undefined) {
    return { kind: 'choice', choices: choices.map((choice) => ({ title: choice, value: choice })) };
  }
  const offered = messages.at(-1)?.suggestedActions ?? [];
  return offered.length === 0 ? { kind: 'words' } : { kind: 'choice', choices: offered };
}

/** The choices, numbered; none where the agent has numbered them in the same way already. */
export function choiceLines(choices: readonly Choice[], messages: readonly Message[]): string[] {
  const said = messages.map(({ text }) => text ?? '').join('\n');
  const lines = choices.map(({ title }, index) => `${index + 1}. ${title}`);
  return lines.every((line) => said.includes(line)) ? [] : lines;
}
