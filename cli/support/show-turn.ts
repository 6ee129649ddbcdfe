import type { Colors } from './plain-text.ts';
import type { ConversationPage, Message, TurnMetadata } from '../../client-sdk/src/index.ts';
import { fromMarkdown, plainText } from './plain-text.ts';
import { showField, showLabel } from './show-value.ts';
import type { WorkflowLabels } from './show-value.ts';

type ListedProgress = NonNullable<ConversationPage['conversations'][number]['progress']>;

/** The part of a turn's result that is shown. */
interface PrintedTurn {
  readonly collected: object;
  readonly rejected: readonly { readonly field: string; readonly issues: readonly string[] }[];
  readonly parse: TurnMetadata['parse'];
  readonly parseIssues: readonly string[];
}

const barWidth = 20;

/** `█████░░░░░░░░░░░░░░░ 25 %  Step 2 of 4: Contact` */
export function progressLine(progress: ListedProgress, labels: WorkflowLabels, colors: Colors): string {
  const { currentStep, stepNumber, totalSteps, percentComplete } = progress;
  const filled = Math.round((barWidth * percentComplete) / 100);
  const bar = colors.green('█'.repeat(filled)) + colors.dim('░'.repeat(barWidth - filled));
  const step = labels.steps.get(currentStep) ?? currentStep;
  return `${bar} ${percentComplete} %  ${colors.dim(`Step ${stepNumber} of ${totalSteps}: ${step}`)}`;
}

/** One line for each collected, cleared and rejected field, and for each issue with the agent's answer. */
export function changeLines(
  { collected, rejected, parse, parseIssues }: PrintedTurn,
  labels: WorkflowLabels,
  colors: Colors,
): string[] {
  const changed = Object.entries(collected).map(([field, value]: [string, unknown]) =>
    value === null
      ? colors.yellow(`✓ ${showLabel(field, labels)}: cleared`)
      : colors.green(`✓ ${showField(field, value, labels)}`),
  );
  const refused = rejected.map(({ field, issues }) =>
    colors.red(`✗ ${showLabel(field, labels)} was not taken: ${plainText(issues.join('; '))}`),
  );
  const amiss = [
    ...(parse === 'passthrough' ? ['the agent sent no structure, so nothing could be collected'] : []),
    ...parseIssues.map((issue) => `of the agent's answer: ${plainText(issue)}`),
  ].map((line) => colors.dim(`(${line})`));
  return [...changed, ...refused, ...amiss];
}

/** A message after its speaker's name; further lines are indented below the words. */
export function messageLines(message: Message, colors: Colors): string {
  const name = message.role === 'user' ? 'you' : 'agent';
  const label = `${name.padStart(5)}: `;
  const text = wordsOf(message, colors).replace(/\n(?=[^\n])/g, `\n${' '.repeat(label.length)}`);
  return `${message.role === 'user' ? colors.cyan(label) : colors.magenta(label)}${text}`;
}

function wordsOf({ kind, text, format, attachment }: Message, colors: Colors): string {
  switch (kind) {
    case 'text':
      return format === 'markdown' ? fromMarkdown(text ?? '', colors) : plainText(text ?? '');
    case 'card':
      return text === undefined ? '(a card, which a terminal cannot show)' : plainText(text);
    case 'attachment':
      return plainText(`(${attachment?.name ?? 'an attachment'}: ${attachment?.url ?? ''})`);
    case 'event':
      return '(what was entered on a card)';
  }
}
