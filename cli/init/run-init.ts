import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ArgumentFault } from '../command.ts';
import { ownPackage, sourceOf } from '../support/own-package.ts';
import { createProject, nameFault } from './create-project.ts';

/** Makes a project, and prints its files and how to go on. */
export async function runInit(args: readonly string[]): Promise<void> {
  const name = nameOf(args);
  const dir = resolve(name);
  const source = sourceOf(ownPackage(), dir);
  const files = await createProject(dir, source);
  const from = source.startsWith('^') ? '' : `, with turnkeeper from ${source}`;
  console.log(
    [
      `Made the project ${name}${from}:`,
      ...files.map((file) => `  ${join(relative('.', dir), file)}`),
      '',
      'Next:',
      `  cd ${name}`,
      '  npm install',
      '  npm run dev    a conversation at http://127.0.0.1:3000; change the procedure meanwhile',
      '  npm test',
    ].join('\n'),
  );
}

/** @throws ArgumentFault for anything but one name */
function nameOf(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw new ArgumentFault('init takes one name: turnkeeper init leave-request');
  const fault = nameFault(name);
  if (fault !== null) throw new ArgumentFault(`The name ${fault}. It is "${name}".`);
  return name;
}
