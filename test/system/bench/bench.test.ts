import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

const summarySchema = z.object({ median: z.number(), ratio: z.object({ median: z.number() }).nullable() });
const resultSchema = z.object({
  machine: z.object({ cores: z.int().positive(), redis: z.string(), node: z.string() }),
  cases: z.array(
    z.object({
      name: z.string(),
      fault: z.null(),
      sections: z.array(
        z.object({
          title: z.string(),
          reference: z.string(),
          rows: z.array(z.object({ name: z.string(), summary: z.record(z.string(), summarySchema) })),
        }),
      ),
    }),
  ),
});

/** Runs the bench as people do, with its files in a temporary folder. */
async function runBench(...args: string[]) {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-bench-test-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const command = ['run', '--silent', 'bench', '--', ...args, '--out', join(dir, 'results')];
  const child = spawn('npm', command, { cwd: projectDir, env: { ...process.env, TMPDIR: dir } });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<unknown[]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr, dir };
}

describe('npm run bench', () => {
  it('measures us beside the references, prints the ratios, keeps them as JSON, and leaves nothing behind', async () => {
    const cases = ['in-process', 'http', 'bytes'];
    const { exitCode, stdout, stderr, dir } = await runBench(...cases, '--quick', '--seconds', '0.1');
    process.stdout.write(stdout);
    expect(exitCode, stderr).toBe(0);

    const [file = ''] = await readdir(join(dir, 'results'));
    expect(file).toMatch(/^\d{4}-\d{2}-\d{2}-\d{4}-[0-9a-z]+-quick\.json$/);
    expect(stdout).toContain(file);
    const result = resultSchema.parse(JSON.parse(await readFile(join(dir, 'results', file), 'utf8')));
    expect(result.cases.map(({ name }) => name)).toEqual(cases);
    expect((await readdir(dir)).filter((name) => name.startsWith('turnkeeper-bench-'))).toEqual([]);

    // Rounds are interleaved, so other work on the machine slows both sides. The bounds are far from what is measured
    // on an idle one all the same: a fault that makes us a hundred times slower than the references is found, no more.
    const ratioOf = (title: string, name: string, metric: string): number => {
      const section = result.cases.flatMap(({ sections }) => sections).find((one) => one.title === title);
      expect(section?.rows.map((row) => row.name)).toContain(name);
      const row = section?.rows.find((one) => one.name === name);
      return row?.summary[metric]?.ratio?.median ?? Number.NaN;
    };
    for (const clients of ['1 client', '32 clients']) {
      for (const ours of ['runTurn', 'createCaller'])
        expect(ratioOf(`A turn in process, ${clients}`, ours, 'perSecond')).toBeGreaterThan(0.01);
      expect(ratioOf(`A turn over HTTP, ${clients}`, 'workflow.turn', 'perSecond')).toBeGreaterThan(0.01);
    }
    // No load of the machine changes how many bytes are stored.
    expect(ratioOf('Bytes of a stored turn', 'log entry', 'bytes')).toBeLessThan(10);
  });
});
