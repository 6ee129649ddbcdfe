import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { createProject, nameFault } from '../init/create-project.ts';
import { ownPackage, sourceOf } from '../own-package.ts';

export const init: Command = {
  summary: 'makes a project: a procedure, its tests and its CI',
  help: [
    'Usage: turnkeeper init NAME',
    '',
    'Makes a project in a new folder NAME: the definition of a procedure, a contract test, recorded dialogues, and a',
    'workflow for CI. NAME is also the id of the procedure: lower-case words joined by hyphens, like leave-request.',
  ].join('\n'),
  run: async (args) => {
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
  },
};

/** @throws Error for anything but one name */
function nameOf(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw new Error('init takes one name: turnkeeper init leave-request');
  const fault = nameFault(name);
  if (fault !== null) throw new Error(`The name ${fault}. It is "${name}".`);
  return name;
}
