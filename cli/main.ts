#!/usr/bin/env node
// The command `turnkeeper`. It loads a command's libraries only when that command runs.
import { isArgumentFault } from './command.ts';
import type { Command } from './command.ts';
import { chat } from './commands/chat.ts';
import { check } from './commands/check.ts';
import { dev } from './commands/dev.ts';
import { emulator } from './commands/emulator.ts';
import { init } from './commands/init.ts';
import { replay } from './commands/replay.ts';
import { start } from './commands/start.ts';
import { types } from './commands/types.ts';

const commands: Readonly<Record<string, Command>> = {
  init,
  dev,
  check,
  chat,
  replay,
  types,
  start,
  emulator,
};

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    console.log(help());
    return;
  }
  if (name === '--version') {
    const { ownPackage } = await import('./support/own-package.ts');
    console.log(ownPackage().version);
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new Error(`There is no command ${name}.\n\n${help()}`);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.help);
    return;
  }
  await command.run(args).catch((error: unknown) => {
    throw isArgumentFault(error) ? new Error(`${error.message}\n\n${command.help}`, { cause: error }) : error;
  });
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return [
    'Usage: turnkeeper <command>',
    '',
    ...lines,
    '',
    'turnkeeper <command> --help says more; turnkeeper --version says which version this is.',
  ].join('\n');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
