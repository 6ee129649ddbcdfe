import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import type { Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readDefinitions } from '../../../cli/support/workflows-folder.ts';
import { printTypes } from '../../../cli/types/print-types.ts';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { prepareWorkflows } from '../../../server/domain/workflow.ts';
import { describeDefinitions } from '../../../server/orchestrator/describe-definitions.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { bundleForBrowser, runAsPage } from './browser-bundle.ts';
import { gzipBudgets } from './budgets.ts';
import { compile, ways } from '../../support/compile.ts';
import type { CompilerOptions } from '../../support/compile.ts';
import { codeIn, documentedExports, referencesIn, usesHooks } from './documented-exports.ts';
import { exampleProgram, readersFiles, watchingPage } from './example-program.ts';
import { installAsAStranger, projectDir } from './stranger.ts';
import type { Stranger } from './stranger.ts';

let stranger: Stranger;
beforeAll(async () => {
  stranger = await installAsAStranger();
});
afterAll(() => stranger[Symbol.asyncDispose]());

const serveGuided = () => serve(createGuidedAgent({ clock: systemClock }));
const declarationsOf = (entry: string) => join(stranger.packageDir, `${entry}.d.ts`);
/**
 * Options for programs that import a definition file, which imports `turnkeeper/workflows`; zod's own types are not
 * checked.
 */
const besideTheServer: CompilerOptions = {
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  paths: { 'turnkeeper/workflows': [join(projectDir, 'workflows/definition/index.ts')] },
};
async function shipmentDefinition(): Promise<string> {
  const guide = await readFile(join(projectDir, 'docs/workflows.md'), 'utf8');
  return codeIn(guide).find((code) => code.includes("id: 'shipment'")) ?? '';
}
/** The types of the shipped workflows, as `turnkeeper types` writes them. */
async function writtenTypes(): Promise<string> {
  const definitions = await readDefinitions(join(projectDir, 'workflows'));
  return printTypes(describeDefinitions(prepareWorkflows(definitions)), '1.2.3');
}
const sourceMap = z.object({ sources: z.array(z.string()), sourcesContent: z.array(z.string()).default([]) });
const sample = (name: string) => readFile(new URL(`samples/${name}`, import.meta.url), 'utf8');

describe('the packed client', () => {
  it('holds the build and nothing else', async () => {
    const files = await readdir(stranger.packageDir);
    expect(files.sort()).toEqual([
      ...['LICENSE', 'README.md', 'index.d.ts', 'index.js', 'index.js.map', 'package.json'],
      ...['react.d.ts', 'react.js', 'react.js.map', 'router.d.ts', 'router.js', 'router.js.map'],
      ...['shared.d.ts', 'shared.js', 'shared.js.map'],
    ]);
  });

  it('names its sources within itself, and holds them, so that a stack trace leads nowhere else', async () => {
    const maps = (await readdir(stranger.packageDir)).filter((file) => file.endsWith('.js.map'));
    const sources: string[] = [];
    for (const file of maps) {
      const map = sourceMap.parse(JSON.parse(await readFile(join(stranger.packageDir, file), 'utf8')));
      expect(map.sourcesContent).toHaveLength(map.sources.length);
      sources.push(...map.sources);
    }
    expect(sources).toContain('./src/links/error-link.ts');
    expect(sources).toContain('./src/react/use-conversation.ts');
    expect(sources.filter((source) => !/^\.\/src\/[a-z/-]+\.tsx?$/.test(source))).toEqual([]);
  });

  it('is named so in the stack traces of Node', async () => {
    const program = `
      import { createTurnkeeperClient } from '@turnkeeper/client';
      try { createTurnkeeperClient({ url: 'nowhere' }); } catch (error) { console.log(error.stack); }`;
    const printed = await stranger.run('stack.mjs', program, [], ['--enable-source-maps']);
    expect(printed).toMatch(/node_modules\/@turnkeeper\/client\/src\/links\/server-url\.ts:\d+/);
    expect(printed).not.toContain('node_modules/@turnkeeper/src');
  });

  it('passes publint', async () => {
    const { messages } = await publint({ pkgDir: stranger.packageDir, strict: true, level: 'suggestion' });
    expect(messages).toEqual([]);
  });

  it('has correct types for every module resolution', async () => {
    const report = await checkPackage(createPackageFromTarballData(await readFile(stranger.tarball)));
    if (!report.types) throw new Error('it has no types');
    expect(report.problems.filter((problem) => !isByDesign(problem))).toEqual([]);
  });
});

/**
 * True for a problem that is by design: the package is ESM only, which every Node that it supports can require, and its
 * second entry is for tools that know `exports`.
 */
function isByDesign(problem: Problem): boolean {
  if (problem.kind === 'CJSResolvesToESM') return true;
  return problem.kind === 'NoResolution' && problem.resolutionKind === 'node10';
}

describe('its declarations', () => {
  it('import nothing but its own dependencies, those of the client itself nothing at all', async () => {
    const imported = new Map<string, readonly string[]>();
    for (const file of await readdir(stranger.packageDir)) {
      if (!file.endsWith('.d.ts')) continue;
      const text = await readFile(join(stranger.packageDir, file), 'utf8');
      expect(text).not.toContain('<reference');
      imported.set(file, referencesIn(text));
    }
    const packagesOf = (entry: string) =>
      (imported.get(`${entry}.d.ts`) ?? []).filter((name) => !name.startsWith('./'));
    for (const entry of ['index', 'shared']) expect(packagesOf(entry)).toEqual([]);
    expect(packagesOf('router')).toEqual(['@trpc/server']);
    expect(packagesOf('react')).toEqual(['react']);
    expect([...imported.keys()].sort()).toEqual(
      ['index', 'react', 'router', 'shared'].map((entry) => `${entry}.d.ts`),
    );
    expect(Object.keys(stranger.manifest.dependencies)).toContain('@trpc/server');
  });

  it.for(['TypeScript 7', 'TypeScript 6'] as const)(
    "keep step ids, fields and reasons literal in a stranger's program (%s)",
    async (compiler) => {
      const files = { 'typed.ts': await sample('typed.ts') };
      expect(await compile(stranger.dir, files, ways['as Node resolves'], compiler)).toBe('');
    },
  );

  it('would not compile that program if a type had been lost', async () => {
    const program = (await sample('typed.ts')).replace("'terms' | ", '');
    const options = { ...ways['as Node resolves'], skipLibCheck: true };
    expect(await compile(stranger.dir, { 'typed.ts': program }, options)).toContain(
      'does not satisfy the constraint',
    );
  });

  it('have a public name for whatever the declarations of a library built over them must name', async () => {
    const options = { ...ways['as Node resolves'], skipLibCheck: true, declaration: true };
    expect(await compile(stranger.dir, { 'exported.ts': await sample('exported.ts') }, options)).toBe('');
  });

  it("take the types of one's own definitions from their files", async () => {
    const program = `
      import { createTurnkeeperClient } from '@turnkeeper/client';
      import type shipment from './workflows/shipment.ts';
      const client = createTurnkeeperClient<typeof shipment>({ url: '' });
      export async function run() {
        const { progress, turn } = await client.conversation('shipment').turn('hello');
        // @ts-expect-error it has no step of this id
        if (progress.currentStep === 'nowhere') return null;
        // @ts-expect-error it has no field of this name
        return turn.collected.nothing;
      }`;
    const options = { ...ways['as Node resolves'], ...besideTheServer };
    const files = { 'program.ts': program, 'workflows/shipment.ts': await shipmentDefinition() };
    expect(await compile(stranger.dir, files, options)).toBe('');
  });

  it('make a client strict with the types that `turnkeeper types` writes', async () => {
    const program = `
      import { createTurnkeeperClient } from '@turnkeeper/client';
      import type { ShippedDefinition, TypesOf } from '@turnkeeper/client';
      import type { VendorOnboarding, Workflows } from './workflows.ts';

      const client = createTurnkeeperClient<Workflows>({ url: '' });
      export async function run() {
        const { progress, turn, workflowState } = await client.conversation('leave-request').turn('hello');
        const step: 'dates' | 'details' | 'confirm' = progress.currentStep;
        const days: number | undefined = workflowState.collected.days;
        console.log(step, days);
        // @ts-expect-error it has no step of this id
        if (progress.currentStep === 'detials') return null;
        // @ts-expect-error it has no such choice
        if (turn.collected.kind === 'a holiday') return null;
        // @ts-expect-error there is no workflow of this id
        await client.conversation('leave-requst').open();
        // @ts-expect-error it has no field of this name
        return turn.collected.dayz;
      }

      // Of a definition in TypeScript, the written types are those that its file would give.
      type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
      type Fields<Types extends { fields: object }> = { [Name in keyof Types['fields']]: Types['fields'][Name] };
      type Shipped = Extract<ShippedDefinition, { id: 'vendor-onboarding' }>;
      export const same: Same<Fields<TypesOf<VendorOnboarding>>, Fields<TypesOf<Shipped>>> = true;`;
    const files = { 'workflows.ts': await writtenTypes(), 'program.ts': program };
    const options = { ...ways['as Node resolves'], allowImportingTsExtensions: true, skipLibCheck: true };
    expect(await compile(stranger.dir, files, options)).toBe('');
  });
});

describe('every export', () => {
  it.for(['index', 'router'])('of %s is documented, with an example', (entry) => {
    const exports = documentedExports(declarationsOf(entry));
    expect(exports).not.toHaveLength(0);
    expect(exports.filter(({ comment }) => comment === '').map(({ name }) => name)).toEqual([]);
    expect(exports.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it.for([
    ['index', '@turnkeeper/client', { skipLibCheck: false }],
    ['router', '@turnkeeper/client/router', { skipLibCheck: true }],
  ] as const)('of %s has an example that compiles', async ([entry, specifier, checking]) => {
    const exports = documentedExports(declarationsOf(entry));
    const names = exports.map(({ name }) => name);
    const programs = exports.flatMap(({ name, examples }) =>
      examples.map((code, index) => [`${name}-${index}.ts`, exampleProgram(code, names, specifier)] as const),
    );
    const files = { ...Object.fromEntries(programs), ...readersFiles };
    const options = { ...ways['as a bundler resolves'], ...checking, allowImportingTsExtensions: true };
    expect(await compile(stranger.dir, files, options)).toBe('');
  });
});

describe('the documentation', () => {
  it('of the client compiles as it stands', async () => {
    const files: Record<string, string> = {
      'workflows/shipment.ts': await shipmentDefinition(),
      'workflows.ts': await writtenTypes(),
    };
    for (const page of ['client-sdk/README.md', 'docs/client.md']) {
      const blocks = codeIn(await readFile(join(projectDir, page), 'utf8'));
      const code = blocks.filter((block) => !usesHooks(block));
      expect(code).not.toHaveLength(0);
      for (const [index, block] of code.entries()) files[`${basename(page)}-${index}.ts`] = block;
    }
    expect(await compile(stranger.dir, files, { ...ways['as Node resolves'], ...besideTheServer })).toBe('');
  });

  it('of watching compiles, for a page that has something to show it with', async () => {
    const code = codeIn(await readFile(join(projectDir, 'docs/watching.md'), 'utf8'));
    expect(code).toHaveLength(1);
    const files = { 'watching.ts': code.join(''), 'page.d.ts': watchingPage };
    expect(await compile(stranger.dir, files, ways['as Node resolves'])).toBe('');
  });

  it('begins with a program that works', async () => {
    await using server = await serveGuided();
    const [first = ''] = codeIn(await readFile(join(projectDir, 'docs/client.md'), 'utf8'));
    const program = first.replace('http://127.0.0.1:3000', server.url);
    expect(await stranger.run('first.mjs', program, [])).toContain("{ from: '2027-08-03' }");
  });
});

describe('installed in an empty project', () => {
  it('runs in Node', async () => {
    await using server = await serveGuided();
    const printed = await stranger.run('run.mjs', await sample('run.mjs'), [server.url]);
    expect(JSON.parse(printed)).toEqual({
      opened: 1,
      collected: { legalName: 'Acme Ltd' },
      step: 'company',
      isDate: true,
      listed: 1,
      definitions: 4,
      title: 'Vendor onboarding',
      refused: true,
      watched: ['watch.started', ...['turn.committed', 'turn.committed'], 'conversation.ended'],
    });
  });

  it('can be required too', async () => {
    const program = "console.log(typeof require('@turnkeeper/client').createTurnkeeperClient)";
    expect(await stranger.run('require.cjs', program, [])).toBe('function\n');
  });

  it("runs in a browser's bundle, without anything of Node's, on a page of plain HTTP", async () => {
    await using server = await serveGuided();
    const { code, imports } = await bundleForBrowser(stranger.dir, await sample('browser.js'));
    expect(imports).toEqual([]);
    expect(code).not.toMatch(/\bnode:/);
    expect(await runAsPage(code, server.url)).toEqual({
      number: 1,
      openedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      isWatched: true,
    });
  });

  it('stays within its size budget in that bundle', async () => {
    const { gzipBytes } = await bundleForBrowser(stranger.dir, await sample('browser.js'));
    expect(gzipBytes).toBeLessThanOrEqual(gzipBudgets.client);
  });

  it('leaves nothing in a bundle that does not use it', async () => {
    const { code } = await bundleForBrowser(
      stranger.dir,
      "import '@turnkeeper/client'; globalThis.done = 1;",
    );
    expect(code.length).toBeLessThan(100);
  });
});
