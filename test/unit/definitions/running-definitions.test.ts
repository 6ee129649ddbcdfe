import { describe, expect, it } from 'vitest';
import { formatFaults } from '../../../server/definitions/load-definitions.ts';
import type { LoadedFile } from '../../../server/definitions/load-definitions.ts';
import { takeOver } from '../../../server/definitions/running-definitions.ts';
import type { RunningDefinitions } from '../../../server/definitions/running-definitions.ts';
import { defineWorkflow } from '../../../workflows/definition/index.ts';

const definition = (id: string, version = 1) =>
  defineWorkflow({ id, version, title: id, steps: [{ id: 'only', title: 'Only' }] });
const right = (file: string, id: string, version = 1): LoadedFile => ({
  file,
  id,
  definition: definition(id, version),
  faults: [],
});
const faulty = (file: string, id: string | null = null): LoadedFile => ({
  file,
  id,
  definition: null,
  faults: [{ file, path: '', message: 'is not right' }],
});

/** Takes over one state of the folder after the other; returns what runs at the end, and the last faults. */
function after(...states: readonly (readonly LoadedFile[])[]) {
  let running: RunningDefinitions = new Map();
  let faults: readonly { file: string; path: string; message: string }[] = [];
  for (const files of states) ({ running, faults } = takeOver(running, files));
  const lines = [...running].map(([file, { id, version }]) => `${file} runs ${id} v${version}`);
  return [...lines, ...(faults.length === 0 ? [] : formatFaults(faults).split('\n'))];
}

describe('what the files hold now', () => {
  it('takes effect file by file, and a file with faults runs on as it was', () => {
    const first = [right('a.json', 'one'), right('b.json', 'two')];
    expect(after(first, [faulty('a.json'), right('b.json', 'two', 2)])).toEqual([
      'a.json runs one v1',
      'b.json runs two v2',
      'a.json: is not right',
    ]);
  });

  it('takes effect again once the file is mended', () => {
    const broken = [faulty('a.json')];
    expect(after([right('a.json', 'one')], broken, [right('a.json', 'one', 2)])).toEqual([
      'a.json runs one v2',
    ]);
  });

  it('runs nothing of a file that was never right, or that is gone', () => {
    expect(after([right('a.json', 'one'), faulty('b.json')], [faulty('b.json')])).toEqual([
      'b.json: is not right',
    ]);
  });

  it('leaves an id with the file that runs it, even if a new file comes before it by name', () => {
    expect(after([right('b.json', 'one')], [right('a.json', 'one', 2), right('b.json', 'one')])).toEqual([
      'b.json runs one v1',
      'a.json: id: duplicate workflow id "one": b.json has it already',
    ]);
  });

  it('lets a file that takes the id of another one run on as it was', () => {
    const first = [right('a.json', 'one'), right('b.json', 'two')];
    expect(after(first, [right('a.json', 'one'), right('b.json', 'one')])).toEqual([
      'a.json runs one v1',
      'b.json runs two v1',
      'b.json: id: duplicate workflow id "one": a.json has it already',
    ]);
  });

  it('follows an id to another file, by whose name it comes', () => {
    expect(after([right('a.json', 'one')], [right('b.json', 'one')])).toEqual(['b.json runs one v1']);
    const moved = [faulty('a.json'), right('b.json', 'one', 2)];
    expect(after([right('a.json', 'one')], moved)).toEqual(['b.json runs one v2', 'a.json: is not right']);
  });

  it('swaps the ids of two files', () => {
    const first = [right('a.json', 'one'), right('b.json', 'two')];
    expect(after(first, [right('a.json', 'two'), right('b.json', 'one')])).toEqual([
      'a.json runs two v1',
      'b.json runs one v1',
    ]);
  });
});
