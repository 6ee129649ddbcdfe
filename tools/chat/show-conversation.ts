import type { ConversationResult, EndResult } from '../../client-sdk/src/index.ts';
import { progressLine } from '../support/show-turn.ts';
import { showCollected, showField, showMoment } from '../support/show-value.ts';
import type { Colors } from '../support/terminal-colors.ts';
import type { WorkflowLabels } from '../support/workflow-labels.ts';

/** What is collected so far, and how far the conversation is. */
export function statusLines(
  { workflowState, progress }: ConversationResult<never>,
  labels: WorkflowLabels,
  colors: Colors,
): string[] {
  const { collected, turnCount, expiresAt } = workflowState;
  const fields = showCollected(collected, labels).map((line) => `  ${line}`);
  const turns = `${turnCount} turn${turnCount === 1 ? '' : 's'}`;
  return [
    progressLine(progress, labels, colors),
    ...(fields.length === 0 ? ['  Nothing is collected yet.'] : fields),
    colors.dim(`  ${turns}; kept until ${showMoment(expiresAt)}, longer if you go on.`),
  ];
}

/** What the conversation came to, step by step. */
export function endLines(
  { summary, workflowState, progress }: EndResult<never>,
  labels: WorkflowLabels,
  colors: Colors,
): string[] {
  const steps = summary.steps.flatMap(({ title, isComplete, fields }) => [
    `${isComplete ? colors.green('✓') : '·'} ${title}`,
    ...fields.map(({ field, value }) => `    ${showField(field, value, labels)}`),
  ]);
  const outcome = workflowState.outcome ?? workflowState.status;
  return [...steps, progressLine(progress, labels, colors), `This conversation is ${outcome}.`];
}
