import { connect } from '../support/connect.ts';
import { plainText } from '../support/plain-text.ts';
import { Chat } from './chat.ts';
import { describeError } from './describe-error.ts';
import { readArguments, resumeCommand } from './read-arguments.ts';
import { startConversation } from './start-conversation.ts';
import { openTerminal } from './terminal.ts';

/** A terminal chat with a running server, through the client SDK. */
export async function runChat(commandArgs: readonly string[]): Promise<void> {
  const args = readArguments(commandArgs);
  const client = connect(args);
  using terminal = openTerminal();
  const { print, colors } = terminal;
  try {
    const started = await startConversation(client, terminal, args);
    if (started === null) return;
    const { definition, conversation } = started;
    const description = definition.description === undefined ? '' : `: ${definition.description}`;
    print(`\n${colors.bold(definition.title)}${description}`);
    const comeBack = `To come back to it: ${resumeCommand(args, conversation.id)}`;
    print(colors.dim(`Conversation ${conversation.id}. ${comeBack}`));
    print(colors.dim('/help lists the commands.\n'));
    if ((await new Chat(started, terminal).run()) === 'left') print(colors.dim(`\n${comeBack}`));
  } catch (error) {
    // Ctrl-C aborts the call that was under way.
    if (terminal.interrupted.aborted) return;
    throw new Error(plainText(describeError(error)), { cause: error });
  }
}
