import { createTurnkeeperClient } from '../../client-sdk/src/index.ts';
import type { Retry } from '../../client-sdk/src/index.ts';
import { plainText } from '../support/plain-text.ts';
import { Chat } from './chat.ts';
import { describeError } from './describe-error.ts';
import { identityHeaders, readArguments, resumeCommand } from './read-arguments.ts';
import { startConversation } from './start-conversation.ts';
import { openTerminal } from './terminal.ts';

/** A terminal chat with a running server, through the client SDK. */
export async function runChat(commandArgs: readonly string[]): Promise<void> {
  const args = readArguments(commandArgs);
  const token = process.env['TURNKEEPER_TOKEN']?.trim() ?? '';
  if (!/^[\x21-\x7e]*$/.test(token)) {
    throw new Error('TURNKEEPER_TOKEN must be one word, the token alone, without "Bearer".');
  }
  // Few tries: a person is waiting, and can decide to try again.
  const retry = { attempts: 3, baseDelayMs: 300 };
  const onRetry = ({ attempt, error }: Retry): void =>
    console.error(plainText(`${error.message} Still trying: this is try ${attempt + 1}.`));
  const client = createTurnkeeperClient<never>({
    url: args.url,
    headers: () => identityHeaders(args, token),
    retry,
    onRetry,
  });
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
