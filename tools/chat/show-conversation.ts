import type { ConversationResult, EndResult } from '../../client-sdk/src/index.ts';
import { progressLine, showValue } from '../support/show-turn.ts';
import type { Colors } from '../support/terminal-colors.ts';
import type { WorkflowLabels } from '../support/workflow-labels.ts';

/** What is collected so far, and how far the conversation is. */
export function statusLines(
  { workflowState, progress }: ConversationResult<never>,
  labels: WorkflowLabels,
  colors: Colors,
): string[] {
  const { collected, turnCount, expiresAt } = workflowState;
  const fields = Object.entries(collected).map(
    ([field, value]) => `  ${labels.fields.get(field) ?? field}: ${showValue(value)}`,
  );
  return [
    progressLine(progress, labels, colors),
    ...(fields.length === 0 ? ['  Nothing is collected yet.'] : fields),
    colors.dim(`  ${turnCount} turns; kept until ${expiresAt.toLocaleString()}, longer if you go on.`),
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
    ...fields.map(({ label, value }) => `    ${label}: ${showValue(value)}`),
  ]);
  const outcome = workflowState.outcome ?? workflowState.status;
  return [...steps, progressLine(progress, labels, colors), `This conversation is ${outcome}.`];
}
