import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleForBrowser } from './browser-bundle.ts';
import { gzipBudgets, hooksPeers } from './budgets.ts';
import { compile, ways } from '../../support/compile.ts';
import type { CompilerOptions } from '../../support/compile.ts';
import { codeIn, documentedExports, fileFor, usesHooks } from './documented-exports.ts';
import { exampleProgram, readersFiles } from './example-program.ts';
import { installAsAStranger, projectDir } from './stranger.ts';
import type { Stranger } from './stranger.ts';

let stranger: Stranger;
beforeAll(async () => {
  stranger = await installAsAStranger([...hooksPeers, 'react-dom', '@types/react']);
});
afterAll(() => stranger[Symbol.asyncDispose]());

const sample = (name: string) => readFile(new URL(`samples/${name}`, import.meta.url), 'utf8');
const withJsx: CompilerOptions = { jsx: 'react-jsx' };

describe('the hooks, in an application that has installed the packed client', () => {
  // trpc-range.test.ts compiles the same programs as Node resolves.
  it.for((Object.keys(ways) as (keyof typeof ways)[]).filter((way) => way !== 'as Node resolves'))(
    'are typed for its workflows beside the client, and all declarations checked (%s)',
    async (way) => {
      const files = { 'hooks.tsx': await sample('hooks.tsx'), 'typed.ts': await sample('typed.ts') };
      expect(await compile(stranger.dir, files, { ...ways[way], ...withJsx })).toBe('');
    },
  );

  it('would not compile there if a type had been lost', async () => {
    const program = (await sample('hooks.tsx')).replace("'terms' | ", '');
    const options = { ...ways['as Node resolves'], ...withJsx, skipLibCheck: true };
    expect(await compile(stranger.dir, { 'hooks.tsx': program }, options)).toContain(
      'does not satisfy the constraint',
    );
  });

  it('are documented, each export with an example that compiles', async () => {
    const exports = documentedExports(join(stranger.packageDir, 'react.d.ts'));
    expect(exports).not.toHaveLength(0);
    expect(exports.filter(({ comment }) => comment === '').map(({ name }) => name)).toEqual([]);
    expect(exports.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
    const names = exports.map(({ name }) => name);
    const programs = exports.flatMap(({ name, examples }) =>
      examples.map(
        (code, index) =>
          [
            fileFor(code, `${name}-${index}`),
            exampleProgram(code, names, '@turnkeeper/client/react'),
          ] as const,
      ),
    );
    const files = { ...Object.fromEntries(programs), ...readersFiles };
    const options = { ...ways['as a bundler resolves'], ...withJsx, allowImportingTsExtensions: true };
    expect(await compile(stranger.dir, files, options)).toBe('');
  });

  it('are shown in the documentation as they compile', async () => {
    const code = codeIn(await readFile(join(projectDir, 'docs/client.md'), 'utf8')).filter(usesHooks);
    expect(code).not.toHaveLength(0);
    const files = Object.fromEntries(code.map((block, index) => [fileFor(block, `block-${index}`), block]));
    expect(await compile(stranger.dir, files, { ...ways['as Node resolves'], ...withJsx })).toBe('');
  });

  it("work with the package's other entry, and can be rendered by a server", async () => {
    const printed = await stranger.run('render.mjs', await sample('render.mjs'), []);
    expect(printed).toBe('<p>c1 is loading</p>\n');
  });

  it('stay within their size budget', async () => {
    const { gzipBytes, imports } = await bundleForBrowser(stranger.dir, await sample('hooks.js'), hooksPeers);
    expect(new Set(imports)).toEqual(new Set(hooksPeers));
    expect(gzipBytes).toBeLessThanOrEqual(gzipBudgets.hooks);
  });

  it('leave nothing in a bundle that does not use them', async () => {
    const program = "import '@turnkeeper/client/react'; globalThis.done = 1;";
    const { code } = await bundleForBrowser(stranger.dir, program, hooksPeers);
    expect(code.length).toBeLessThan(200);
  });
});
