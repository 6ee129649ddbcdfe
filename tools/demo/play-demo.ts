import type { TurnResult, TurnkeeperClient } from '../../client-sdk/src/index.ts';
import { changeLines, messageLines, progressLine } from '../../cli/support/show-turn.ts';
import { showField, labelsOf } from '../../cli/support/show-value.ts';
import type { Colors } from '../../cli/support/plain-text.ts';

/** The words of a person who buys from a new supplier: choices, a slip, dates and sums in words, a correction. */
const said = [
  'Northwind Traders Ltd',
  'limited company',
  'Ana Ruiz',
  'ana at northwind',
  'ana.ruiz@northwind.example',
  '1 October 2027',
  'about 120,000 euros',
  '30 days',
  'yes',
  '1',
  'yes',
  'actually the payment term is 45 days',
  'yes, that is right',
];

/**
 * Plays one conversation of the vendor onboarding from its first turn to its end.
 * @throws Error if the conversation does not complete
 */
export async function playDemo(client: TurnkeeperClient, colors: Colors): Promise<void> {
  const conversation = client.conversation('vendor-onboarding');
  const definition = (await client.definitions()).find(({ id }) => id === conversation.workflowId);
  if (definition === undefined) throw new Error(`the server does not run "${conversation.workflowId}"`);
  const labels = labelsOf(definition);
  const show = ({ turn, messages, progress }: TurnResult): void => {
    for (const line of changeLines(turn, labels, colors)) console.log(`       ${line}`);
    for (const message of messages) console.log(messageLines(message, colors));
    console.log(`${progressLine(progress, labels, colors)}\n`);
  };

  console.log(`${colors.bold(labels.title)}, conversation ${conversation.id}\n`);
  let last = await conversation.open();
  show(last);
  for (const text of said) {
    console.log(`${colors.cyan('  you: ')}${text}`);
    last = await conversation.turn(text);
    show(last);
  }

  const { percentComplete, currentStep } = last.progress;
  if (last.workflowState.status !== 'completed') {
    throw new Error(`the conversation stands at ${percentComplete} %, in step "${currentStep}"`);
  }
  // `end` on a completed conversation changes nothing and returns the summary.
  const { summary } = await conversation.end({ outcome: 'completed' });
  console.log(colors.bold(`${summary.title}: completed in ${summary.turnCount} turns, ${percentComplete} %`));
  for (const step of summary.steps) {
    console.log(`${colors.green('✓')} ${step.title}`);
    for (const { field, value } of step.fields) console.log(`    ${showField(field, value, labels)}`);
  }
}
