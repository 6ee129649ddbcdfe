import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).default({}),
  env: z.record(z.string(), z.string()).default({}),
});
const job = z.strictObject({
  name: z.string(),
  needs: z.string().optional(),
  'runs-on': z.literal('ubuntu-latest'),
  'timeout-minutes': z.int(),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  strategy: z
    .strictObject({ 'fail-fast': z.boolean(), matrix: z.strictObject({ node: z.array(z.string()) }) })
    .optional(),
  steps: z.array(step).nonempty(),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z.strictObject({ branches: z.array(z.string()).optional(), tags: z.array(z.string()).optional() }),
    pull_request: z.null().optional(),
  }),
  permissions,
  concurrency: z.strictObject({
    group: z.string(),
    'cancel-in-progress': z.union([z.boolean(), z.string()]),
  }),
  jobs: z.record(z.string(), job),
});
type Job = z.infer<typeof job>;

// YAML reads `on` as a text and a repeated key as an error: the parser follows version 1.2 and is strict.
const workflowAt = async (name: string) => workflow.parse(parse(await read(`.github/workflows/${name}`)));
const ci = await workflowAt('ci.yml');
const release = await workflowAt('release.yml');
const workflows = { 'ci.yml': ci, 'release.yml': release };
const manifest = z
  .object({ scripts: z.record(z.string(), z.string()), engines: z.object({ node: z.string() }) })
  .parse(JSON.parse(await read('package.json')));

const commandsOf = ({ steps }: Job): string[] =>
  steps.flatMap(({ run }) => (run === undefined ? [] : [run.trim()]));
const actionsOf = ({ steps }: Job) =>
  steps.flatMap(({ uses, with: options }) => (uses === undefined ? [] : [{ uses, options }]));
const jobNamed = (of: typeof ci, name: string): Job => job.parse(of.jobs[name]);

/** Returns the versions of Node that a job runs on, its matrix spelled out. */
function nodesOf(one: Job): string[] {
  const asked = actionsOf(one).flatMap(({ options }) => options['node-version'] ?? []);
  return asked.flatMap((version) =>
    String(version) === '${{ matrix.node }}' ? (one.strategy?.matrix.node ?? []) : [String(version)],
  );
}

it('knows all files of .github', async () => {
  const files = await readdir(join(root, '.github'), { recursive: true });
  expect(files.sort()).toEqual(['dependabot.yml', 'workflows', 'workflows/ci.yml', 'workflows/release.yml']);
});

describe.each(Object.entries(workflows))('%s', (_file, { permissions: allowed, jobs }) => {
  it('runs only scripts and files that are there', () => {
    const commands = Object.values(jobs).flatMap(commandsOf).join('\n');
    const scripts = [...commands.matchAll(/\bnpm run (?:-\S+ )*([\w:]+)/g)].map(([, name = '']) => name);
    if (/\bnpm test\b/.test(commands)) scripts.push('test');
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
    const paths = [...commands.matchAll(/(?:^|\s)((?:tools|\.ci)\/[\w./-]+)/gm)].map(([, path = '']) => path);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('installs what the lock file says, before a script that needs it', () => {
    for (const one of Object.values(jobs)) {
      const commands = commandsOf(one);
      const install = commands.indexOf('npm ci');
      const firstUse = commands.findIndex((command) => /npm (run|test)|npx/.test(command));
      if (firstUse !== -1) expect([install >= 0, install < firstUse]).toEqual([true, true]);
      expect(commands.join('\n')).not.toMatch(/npm (install|i)\b/);
    }
  });

  it('takes actions of GitHub alone, pinned by major version at least, and keeps no credentials in the checkout', () => {
    for (const { uses, options } of Object.values(jobs).flatMap(actionsOf)) {
      expect(uses).toMatch(/^actions\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
      if (uses.startsWith('actions/checkout@')) expect(options['persist-credentials']).toBe(false);
    }
  });

  it('puts no expression into a shell command, where a name from outside would be code', () => {
    expect(Object.values(jobs).flatMap(commandsOf).join('\n')).not.toContain('${{');
  });

  it('gives no right to write to all jobs', () => {
    expect(Object.values(allowed)).not.toContain('write');
  });
});

describe('CI', () => {
  it('runs .ci/run on the oldest Node that engines allows, and npm test on each newer one that we support', async () => {
    const oldest = /^>=(\d+\.\d+)\.\d+$/.exec(manifest.engines.node)?.[1];
    const everything = jobNamed(ci, 'everything');
    expect(commandsOf(everything)).toEqual(['.ci/run']);
    expect(nodesOf(everything)).toEqual([oldest]);
    const quick = jobNamed(ci, 'quick-tests');
    expect(commandsOf(quick)).toEqual(['npm ci', 'npm test']);
    const [, ...newer] =
      /The suite runs on Node ([\d., and]+)\./.exec(await read('CONTRIBUTING.md'))?.[1]?.match(/[\d.]+/g) ??
      [];
    expect(newer).toContain('22');
    expect(nodesOf(quick)).toEqual(newer);
  });

  it('runs for pull requests with rights to read alone, in no job with more', () => {
    expect(ci.on).toHaveProperty('pull_request');
    expect(ci.permissions).toEqual({ contents: 'read' });
    expect(Object.values(ci.jobs).filter((one) => one.permissions !== undefined)).toEqual([]);
  });
});

describe('the release', () => {
  it('is made of a tag, by jobs that each wait for the one before', () => {
    expect(release.on).toEqual({ push: { tags: ['v*'] } });
    expect(Object.entries(release.jobs).map(([name, { needs }]) => [name, needs])).toEqual([
      ['build', undefined],
      ['publish', 'build'],
      ['notes', 'publish'],
    ]);
  });

  it('checks tag and changelog, verifies, builds, lists licences and the bill of materials, then packs', () => {
    const build = jobNamed(release, 'build');
    const commands = commandsOf(build).join('\n');
    const order = [
      ...['npm ci', 'tools/release-notes/main.ts "$GITHUB_REF_NAME"', 'npm run verify', 'npm run build\n'],
      ...['npm run build:client', 'npm run licences', 'npm run sbom', 'npm pack', 'sha256sum'],
    ].map((part) => commands.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(nodesOf(build)).toEqual(nodesOf(jobNamed(ci, 'everything')));
  });

  it('publishes with provenance, in the one job that has an identity token, which runs no code of ours', () => {
    const publish = jobNamed(release, 'publish');
    const commands = commandsOf(publish).join('\n');
    expect(commands).toMatch(/npm publish \S+ --provenance --access public --ignore-scripts/);
    expect(publish.permissions).toEqual({ 'id-token': 'write' });
    expect(publish.environment).toBe('npm');
    expect(actionsOf(publish).some(({ uses }) => uses.startsWith('actions/checkout@'))).toBe(false);
    const rights = Object.entries(release.jobs).map(([name, one]) => [name, one.permissions]);
    expect(Object.fromEntries(rights)).toEqual({
      build: { contents: 'read' },
      publish: { 'id-token': 'write' },
      notes: { contents: 'write' },
    });
  });

  it('hands over every file that the notes name, and caches nothing', () => {
    const made = `${commandsOf(jobNamed(release, 'build')).join('\n')} notes.md`;
    const named = commandsOf(jobNamed(release, 'notes'))
      .join('\n')
      .matchAll(/release\/([\w.*-]+)/g);
    for (const [, name = ''] of named) expect(made, name).toContain(name);
    for (const { options } of Object.values(release.jobs).flatMap(actionsOf))
      expect(options).not.toHaveProperty('cache');
  });
});

describe('Dependabot', () => {
  it('looks after packages, actions and images, and leaves the oldest Node as it is', async () => {
    const file = z
      .object({
        version: z.literal(2),
        updates: z.array(
          z.object({
            'package-ecosystem': z.string(),
            directory: z.enum(['/', '/deploy/compose']),
            schedule: z.object({ interval: z.literal('weekly') }),
            ignore: z
              .array(z.object({ 'dependency-name': z.string(), 'update-types': z.array(z.string()) }))
              .default([]),
          }),
        ),
      })
      .parse(parse(await read('.github/dependabot.yml')));
    expect(file.updates.map((update) => update['package-ecosystem'])).toEqual([
      'npm',
      'github-actions',
      'docker',
      'docker-compose',
    ]);
    const ignored = file.updates.flatMap(({ ignore }) => ignore.map((each) => each['dependency-name']));
    expect(ignored).toEqual(['@types/node', 'node', 'redis']);
    const oldest = /^>=(\d+)\./.exec(manifest.engines.node)?.[1] ?? '';
    expect(await read('Dockerfile')).toContain(`FROM node:${oldest}-`);
  });
});
