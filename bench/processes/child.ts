import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { bundleProgram } from '../../tools/support/bundle-program.ts';
import { answerSchema } from './answer-commands.ts';

/** A process of the bench. Each measured thing has one of its own, so that one's garbage does not slow another. */
export interface Child extends AsyncDisposable {
  /** @throws Error with the process's own error, or when the process has ended */
  call<Output>(command: string, input: unknown, output: z.ZodType<Output>): Promise<Output>;
}

export type Program = 'subject-process' | 'server-process' | 'load-process' | 'contention-process';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

const bundles = new Map<string, Promise<string>>();

/** Returns the bundle of a program, which is made once and deleted when this process exits. */
function compiled(path: string): Promise<string> {
  const known = bundles.get(path) ?? compile(path);
  bundles.set(path, known);
  return known;
}

async function compile(path: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true }));
  return bundleProgram(projectDir, relative(projectDir, path), dir);
}

/** Starts a program of this folder, or of elsewhere, and waits until it is ready for commands. */
export async function startChild(program: Program | URL, spec: object): Promise<Child> {
  const path = fileURLToPath(program instanceof URL ? program : new URL(`${program}.ts`, import.meta.url));
  // Without garbage that is still there, memory can be compared.
  const nodeOptions = ['--expose-gc'];
  const child = spawn(process.execPath, [...nodeOptions, await compiled(path), JSON.stringify(spec)], {
    cwd: projectDir,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const ended = once(child, 'close').then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`The bench's ${path} has ended.`));
  });
  const [first] = await Promise.race([
    once(child, 'message') as Promise<unknown[]>,
    ended.then(() => ['ended']),
  ]);
  if (first !== 'ready') throw new Error(`The bench's ${path} did not start.`);
  child.on('message', (message) => {
    const answer = answerSchema.parse(message);
    const { resolve, reject } = waiting.get(answer.id) ?? {};
    waiting.delete(answer.id);
    if ('error' in answer) reject?.(new Error(answer.error));
    else resolve?.(answer.output);
  });
  return {
    call: async (command, input, output) => {
      last += 1;
      const id = last;
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      child.send({ id, command, input });
      return output.parse(await answer);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
