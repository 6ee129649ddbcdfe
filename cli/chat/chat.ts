import { randomUUID } from 'node:crypto';
import { isTurnkeeperError } from '../../client-sdk/src/index.ts';
import type {
  ConversationResult,
  Message,
  ResumedConversation,
  TurnInput,
  TurnResult,
  EndResult,
} from '../../client-sdk/src/index.ts';
import { plainText } from '../support/plain-text.ts';
import type { Colors } from '../support/plain-text.ts';
import { changeLines, messageLines, progressLine } from '../support/show-turn.ts';
import { labelsOf, showCollected, showField, showMoment } from '../support/show-value.ts';
import type { WorkflowLabels } from '../support/show-value.ts';
import { describeError } from './describe-error.ts';
import { choiceLines, expectedAnswer, help, readLine } from './read-line.ts';
import type { Expected } from './read-line.ts';
import type { StartedConversation } from './start-conversation.ts';
import type { Terminal } from './terminal.ts';

interface UnansweredTurn {
  readonly turnId: string;
  readonly input: TurnInput;
}

type Attempt<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly isRetryable: boolean };

/** One conversation at the terminal, from its first line to its last. */
export class Chat {
  readonly #conversation: ResumedConversation<never>;
  readonly #earlier: ConversationResult<never> | null;
  readonly #labels: WorkflowLabels;
  readonly #terminal: Terminal;
  #expected: Expected = { kind: 'words' };
  #isActive = true;
  /** The last turn, if it failed: `/retry` sends it again under its id, so it happens only once. */
  #failed: UnansweredTurn | null = null;

  constructor({ conversation, definition, earlier }: StartedConversation, terminal: Terminal) {
    this.#conversation = conversation;
    this.#earlier = earlier;
    this.#labels = labelsOf(definition);
    this.#terminal = terminal;
  }

  /** Takes turns until the conversation ends or the person leaves. */
  async run(): Promise<'over' | 'left'> {
    if (this.#earlier === null) await this.#send({ turnId: randomUUID(), input: { type: 'open' } });
    else this.#resume(this.#earlier);
    const { ask, colors } = this.#terminal;
    while (this.#isActive) {
      const line = await ask(colors.cyan(this.#prompt()));
      if (line === null || !(await this.#obey(line))) return 'left';
    }
    return 'over';
  }

  #resume({ messages, workflowState, progress }: ConversationResult<never>): void {
    for (const message of messages) this.#terminal.print(messageLines(message, this.#terminal.colors));
    this.#stand(workflowState, progress, messages.slice(-1));
  }

  #prompt(): string {
    switch (this.#expected.kind) {
      case 'words':
        return '  you: ';
      case 'confirmation':
        return '  you (y/n): ';
      case 'choice':
        return `  you (1-${this.#expected.choices.length}): `;
    }
  }

  /** @returns false if the person leaves */
  async #obey(line: string): Promise<boolean> {
    const { print } = this.#terminal;
    const intent = readLine(line, this.#expected);
    switch (intent.kind) {
      case 'nothing':
        break;
      case 'say':
        await this.#send({ turnId: randomUUID(), input: { type: 'text', text: intent.text } });
        break;
      case 'set': {
        const data = { [intent.field]: intent.value };
        await this.#send({ turnId: randomUUID(), input: { type: 'data', data } });
        break;
      }
      case 'undo':
        await this.#send({ turnId: randomUUID(), input: { type: 'undo' } });
        break;
      case 'retry':
        if (this.#failed === null) print('There is no failed turn to send again.');
        else await this.#send(this.#failed);
        break;
      case 'status':
        await this.#showStatus();
        break;
      case 'end':
        await this.#end(intent.outcome);
        break;
      case 'help':
        print(help);
        break;
      case 'unclear':
        print(intent.explanation);
        break;
      case 'quit':
        return false;
    }
    return true;
  }

  async #send(pending: UnansweredTurn): Promise<void> {
    const { print, colors } = this.#terminal;
    const { turnId, input } = pending;
    const attempt = await this.#try(
      (signal) => this.#conversation.turn(input, { turnId, signal }),
      () => void this.#conversation.stop({ turnId }).catch(() => undefined),
    );
    if (!attempt.ok) {
      this.#failed = attempt.isRetryable ? pending : null;
      if (attempt.isRetryable) print('/retry sends it again; it happens only once.');
      return;
    }
    this.#failed = null;
    const { turn, messages, workflowState, progress } = attempt.result;
    for (const line of changeLines(turn, this.#labels, colors)) print(`       ${line}`);
    for (const message of messages) print(messageLines(message, colors));
    this.#stand(workflowState, progress, messages);
  }

  async #showStatus(): Promise<void> {
    const attempt = await this.#try((signal) => this.#conversation.get({}, { signal }));
    if (!attempt.ok) return;
    this.#print(statusLines(attempt.result, this.#labels, this.#terminal.colors));
  }

  async #end(outcome: 'completed' | 'cancelled'): Promise<void> {
    const attempt = await this.#try((signal) => this.#conversation.end({ outcome }, { signal }));
    if (!attempt.ok) return;
    this.#isActive = false;
    this.#print(endLines(attempt.result, this.#labels, this.#terminal.colors));
  }

  /**
   * Makes a call, and prints its failure.
   * @param stop what the first Ctrl-C does instead of leaving
   */
  async #try<Result>(
    call: (signal: AbortSignal) => Promise<Result>,
    stop?: () => void,
  ): Promise<Attempt<Result>> {
    const { print, whileWaiting, interrupted, colors } = this.#terminal;
    try {
      return { ok: true, result: await whileWaiting(call(interrupted), stop) };
    } catch (error) {
      if (!isTurnkeeperError(error)) throw error;
      print(colors.red(plainText(describeError(error))));
      return { ok: false, isRetryable: error.retryable };
    }
  }

  /** Prints the progress, and the choices for the next answer. */
  #stand(
    { status, outcome, suggestedInput }: TurnResult<never>['workflowState'],
    progress: TurnResult<never>['progress'],
    said: readonly Message[],
  ): void {
    const { print, colors } = this.#terminal;
    this.#expected = expectedAnswer(suggestedInput, said);
    this.#isActive = status === 'active';
    if (this.#expected.kind === 'choice') {
      this.#print(choiceLines(this.#expected.choices, said).map((line) => `       ${plainText(line)}`));
    }
    print(progressLine(progress, this.#labels, colors));
    if (!this.#isActive) print(`This conversation is ${outcome ?? status}.`);
  }

  #print(lines: readonly string[]): void {
    for (const line of lines) this.#terminal.print(line);
  }
}

function statusLines(
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

function endLines(
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
