import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatFaults, loadDefinitions } from '../../../server/definitions/load-definitions.ts';
import { prepareWorkflows } from '../../../server/domain/workflow.ts';

const shipped = fileURLToPath(new URL('../../../workflows', import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'turnkeeper-definitions-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const put = (file: string, content: string) => writeFile(join(dir, file), content);
const json = (id: string, more: object = {}) =>
  JSON.stringify({ id, version: 1, title: id, steps: [{ id: 'only', title: 'Only' }], ...more });
const ts = (id: string) => `
  import { defineWorkflow, z } from 'turnkeeper/workflows';
  interface OnlyATypeScriptFileHasThis { readonly name: string }
  const named: OnlyATypeScriptFileHasThis = { name: '${id}' };
  export default defineWorkflow({ id: named.name, version: 1, title: 'T',
    steps: [{ id: 'only', title: 'Only', collects: z.object({ when: z.iso.date().describe('a day') }) }] });`;

async function faults(): Promise<string[]> {
  const loaded = await loadDefinitions(dir);
  return loaded.ok ? [] : formatFaults(loaded.faults).split('\n');
}

async function ids(): Promise<string[]> {
  const loaded = await loadDefinitions(dir);
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  return loaded.definitions.map(({ id }) => id);
}

describe('a folder anywhere on the disk', () => {
  it('loads definitions in both languages, in the order of their file names', async () => {
    await put('c.ts', ts('written-in-typescript'));
    await put('a.mts', ts('a-module'));
    await put('b.json', json('written-in-json'));
    await put('d.mjs', `export default ${json('plain-module')};`);
    await put('e.js', `export default ${json('plain-script')};`);
    expect(await ids()).toEqual([
      'a-module',
      'written-in-json',
      'written-in-typescript',
      'plain-module',
      'plain-script',
    ]);
  });

  it('holds hidden files of editors, which are no definitions', async () => {
    await put('a.json', json('one'));
    await put('.#a.json', 'a lock');
    expect(await ids()).toEqual(['one']);
  });

  it('gets the same zod as the server, by either name, descriptions included', async () => {
    await put('a.ts', ts('by-our-name'));
    await put(
      'b.ts',
      ts('by-its-name').replace(
        "import { defineWorkflow, z } from 'turnkeeper/workflows';",
        "import { z } from 'zod'; const defineWorkflow = <T,>(x: T) => x;",
      ),
    );
    const loaded = await loadDefinitions(dir);
    if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
    for (const definition of loaded.definitions) {
      const collects = definition.steps[0]?.collects;
      expect(collects).toBeInstanceOf(z.ZodObject);
      expect(collects?.constructor).toBe(z.ZodObject);
      expect(collects?.shape['when']).toMatchObject({ description: 'a day' });
    }
    expect([...prepareWorkflows(loaded.definitions).keys()]).toEqual(['by-our-name', 'by-its-name']);
  });

  it('may split a definition over files of its own in a folder below', async () => {
    await mkdir(join(dir, 'parts'));
    await put('parts/title.ts', `export const title: string = 'shared';`);
    await put(
      'a.ts',
      `import { title } from './parts/title.ts'; export default { ...${json('split')}, title };`,
    );
    expect(await ids()).toEqual(['split']);
  });

  it('ignores what is no file: a socket, or a pipe, whose reading would wait for ever', async () => {
    await put('a.json', json('from-json'));
    const socket = createServer().listen(join(dir, 'b.json'));
    await once(socket, 'listening');
    expect(await ids()).toEqual(['from-json']);
    socket.close();
  });

  it('ignores declarations, other files and folders', async () => {
    await put('a.json', json('a'));
    await put('a.d.ts', 'not even TypeScript');
    await put('README.md', '# Not a definition');
    await mkdir(join(dir, 'folder.json'));
    await mkdir(join(dir, 'below'));
    await put('below/b.json', '{');
    expect(await ids()).toEqual(['a']);
  });
});

it('the shipped workflows load, and their schemas are of the same zod', async () => {
  const loaded = await loadDefinitions(shipped);
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  expect(loaded.definitions.length).toBeGreaterThanOrEqual(3);
  const schemas = loaded.definitions.flatMap(({ steps }) => steps.flatMap(({ collects }) => collects ?? []));
  expect(schemas.map(({ constructor }) => constructor === z.ZodObject)).not.toContain(false);
});

describe('a fault says where it is and what is wrong', () => {
  it('when the folder is missing', async () => {
    const loaded = await loadDefinitions(join(dir, 'missing'));
    expect(loaded).toMatchObject({ ok: false, faults: [{ file: join(dir, 'missing'), path: '' }] });
    expect(loaded.ok ? '' : formatFaults(loaded.faults)).toContain("can't be read: ENOENT");
  });

  it('when the folder holds no definition', async () => {
    await put('README.md', '');
    expect(await faults()).toEqual([`${dir}: holds no definition: no .json, .ts, .mts, .js or .mjs file`]);
  });

  it.each([
    ['a missing comma', '{\n  "id": "a"\n  "version": 1\n}', 3],
    ['a word that is none', '{\n  "id": "a",\n  "version": one\n}', 3],
    ['a comma too many', '{\n  "id": "a",\n}\n\n', 3],
    ['an end too early', '{\n  "id": "a",\n  "steps": [\n', 3],
    ['something after the end', '{}\n{}', 2],
    ['single quotes', "\n\n{'id': 1}", 3],
    ['a line break in a string', '{\n"id": "a\n"}', 2],
    ['an empty file', '', 1],
  ])('when a JSON file has %s, with its line', async (_, text, line) => {
    await put('a.json', text);
    const [only, ...others] = await faults();
    expect(only).toMatch(new RegExp(`^a\\.json: is not JSON, line ${line}: [^\\n]+$`));
    expect(others).toEqual([]);
  });

  it('when a module throws, with its message and no stack', async () => {
    await put('a.ts', `throw new Error('no such department');`);
    expect(await faults()).toEqual(["a.ts: can't be imported: no such department"]);
  });

  it('when a module throws something that is no error', async () => {
    await put('a.ts', `throw 'a string';`);
    expect(await faults()).toEqual(["a.ts: can't be imported: a string"]);
  });

  it('when a module has a syntax error, with its line', async () => {
    await put('a.ts', 'const fine = 1;\nexport default {{;');
    expect(await faults()).toEqual([expect.stringMatching(/^a\.ts: can't be imported: .*a\.ts:2:16$/)]);
  });

  it('when a module imports what does not exist', async () => {
    await put('a.ts', `import part from './missing.ts'; export default part;`);
    expect(await faults()).toEqual(["a.ts: can't be imported: Cannot find module './missing.ts'"]);
  });

  it('when a module has no default export', async () => {
    await put('a.ts', `export const workflow = ${json('a')};`);
    await put('b.ts', 'export default undefined;');
    await put('c.ts', '');
    const message = 'has no default export: write `export default defineWorkflow({ … })`';
    expect(await faults()).toEqual([`a.ts: ${message}`, `b.ts: ${message}`, `c.ts: ${message}`]);
  });

  it('when a file cannot be read', async () => {
    await symlink(join(dir, 'gone'), join(dir, 'a.json'));
    expect(await faults()).toEqual([expect.stringContaining("a.json: can't be read: ENOENT")]);
  });

  it('when two files define one workflow', async () => {
    await put('a.json', json('same'));
    await put('b.ts', ts('same'));
    expect(await faults()).toEqual(['b.ts: id: duplicate workflow id "same": a.json has it already']);
  });

  it.each(['null', '[]', '"text"', '42'])('when a file holds %s instead of a definition', async (text) => {
    await put('a.json', text);
    await put('b.mjs', `export default ${text};`);
    expect(await faults()).toEqual([expect.stringMatching(/^a\.json: /), expect.stringMatching(/^b\.mjs: /)]);
  });

  it('when it is in JSON, with the line of each', async () => {
    const text = `{
  "$schema": "./workflow.schema.json",
  "id": "a", "version": 0,
  "title": "A",
  "steps": [
    { "id": "s", "title": "S",
      "collects": {
        "type": "object",
        "properties": {
          "age": { "type": "integer",
            "minimum": 5, "maximum": 1 },
          "name": { "type": "strng" },
          "code": { "type": "string",
            "pattern": "^(a+)+$" },
          "bad-name": { "type": "string" }
        },
        "required": ["age",
          "z"]
      }
    },
    { "id": "s", "title": "again" }
  ]
}`;
    await put('a.json', `\uFEFF${text}`);
    const lines = (await faults()).map((line) =>
      /^a\.json: ([^:]+): .* \(line (\d+)\)$/.exec(line)?.slice(1),
    );
    expect(lines).toEqual([
      ['steps.0.collects.properties.name.type', '12'],
      ['steps.0.collects.required.1', '18'],
      ['steps.0.collects.properties.code.pattern', '14'],
      ['steps.0.collects.properties.age', '10'],
      ['version', '3'],
      ['steps.1.id', '21'],
      ['steps.0.collects.bad-name', '15'],
    ]);
  });

  it('and every file with every fault is listed at once', async () => {
    await put('a.json', json('Not An Id', { steps: [], colour: 'red' }));
    await put('b.json', '{');
    await put('c.json', json('c', { steps: [{ id: 's', title: 'S', collects: { type: 'array' } }] }));
    await put('d.ts', `throw new Error('boom');`);
    await put('e.json', json('sound'));
    await put('f.json', json('sound', { version: 0 }));
    const lines = await faults();
    expect(lines.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'a.json: id',
      'a.json: steps',
      'a.json: Unrecognized key',
      'b.json: is not JSON, line 1',
      expect.stringMatching(/^c\.json: steps\.0\.collects/),
      expect.stringMatching(/^c\.json: steps\.0\.collects/),
      "d.ts: can't be imported",
      'f.json: version',
      'f.json: id',
    ]);
  });
});
