import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkFiles, describeCheck } from '../../../cli/check/check-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeFiles } from '../../system/docs/page.ts';

const pizza = {
  id: 'pizza',
  version: 2,
  title: 'Pizza',
  steps: [
    {
      id: 'order',
      title: 'Order',
      collects: { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] },
    },
  ],
};
const dialogues = [{ id: 'd', turns: [{ user: 'two', expect: { collectedThisTurn: { count: 2 } } }] }];

/** Checks the files in a folder: definitions directly in it, replay files in `replays/`. */
async function check(files: Readonly<Record<string, unknown>>, ...replays: string[]): Promise<string[]> {
  await using folder = await temporaryFolder();
  const code = (content: unknown): string =>
    typeof content === 'string' ? content : JSON.stringify(content);
  await writeFiles(
    folder.path,
    Object.entries(files).map(([name, content]) => ({ name, code: code(content) })),
  );
  const checked = await checkFiles(
    folder.path,
    replays.map((path) => join(folder.path, path)),
  );
  return describeCheck(checked).replaceAll(`${folder.path}/`, '').replaceAll(folder.path, '.').split('\n');
}

it('ticks each definition, with its title, version and steps, and each replay file', async () => {
  const files = { 'pizza.json': pizza, 'replays/pizza.json': { workflow: 'pizza', dialogues } };
  expect(await check(files, 'replays')).toEqual([
    '✓ pizza.json: Pizza (pizza v2, 1 step)',
    '✓ replays/pizza.json: 1 dialogue of pizza',
    '2 files: no faults',
  ]);
});

it('finds no fault with the shipped workflows and their dialogues', async () => {
  const shipped = fileURLToPath(new URL('../../../workflows', import.meta.url));
  const { files } = await checkFiles(shipped, [join(shipped, 'replay')]);
  expect(files.length).toBe(9);
  expect(files.flatMap(({ faults }) => faults)).toEqual([]);
});

it('lists every fault of every file with its place, and what must be there', async () => {
  const files = {
    'a.json': pizza,
    'b.json': '{\n "id": "b", "version": 1,\n "title": "B", "steps": [],\n "stepps": [] }',
    'c.ts': 'export const nothing = 1;',
    'd.json': pizza,
    'replays/pizza.json': {},
  };
  expect(await check(files, 'replays/pizza.json')).toEqual([
    '✓ a.json: Pizza (pizza v2, 1 step)',
    '✗ b.json: 2 faults',
    expect.stringMatching(/^ {4}b\.json: steps: must have at least one step.* \(line 3\)$/),
    '    b.json: Unrecognized key: "stepps": did you mean "steps"? (line 1)',
    '✗ c.ts: 1 fault',
    '    c.ts: has no default export: write `export default defineWorkflow({ … })`',
    '✗ d.json: 1 fault',
    '    d.json: id: duplicate workflow id "pizza": a.json has it already',
    '4 files: 4 faults',
    '1 replay file not checked: the definitions have faults',
  ]);
});

it('lists the faults of replay files', async () => {
  const files = {
    'pizza.json': pizza,
    'replays/a.json': { workflow: 'pasta', dialogues },
    'replays/b.json': { workflow: 'pizza', dialogues: [] },
  };
  expect(await check(files, 'replays')).toEqual([
    '✓ pizza.json: Pizza (pizza v2, 1 step)',
    '✗ replays/a.json: 1 fault',
    '    replays/a.json: workflow: there is no workflow "pasta": it must be one of "pizza", or a workflow in JSON',
    '✗ replays/b.json: 1 fault',
    '    replays/b.json: dialogues: must have at least one dialogue',
    '3 files: 2 faults',
  ]);
});

it('finds a folder without definitions, or without the replay files that are asked for, at fault', async () => {
  expect(await check({ 'notes.txt': 'none' })).toEqual([
    '✗ .: 1 fault',
    '    .: holds no definition: no .json, .ts, .mts, .js or .mjs file',
    '1 file: 1 fault',
  ]);
  await expect(check({ 'pizza.json': pizza, 'replays/notes.txt': '' }, 'replays')).rejects.toThrow(
    'There is no replay file (.json) in',
  );
});
