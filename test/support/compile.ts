import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode } from './child-program.ts';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

/** Compiler options, as a tsconfig.json has them. */
export type CompilerOptions = Readonly<
  Record<string, string | boolean | readonly string[] | Readonly<Record<string, readonly string[]>>>
>;

const shared: CompilerOptions = {
  strict: true,
  skipLibCheck: false,
  // TypeScript's own declarations are not under test.
  skipDefaultLibCheck: true,
  noEmit: true,
  target: 'es2023',
  types: [],
};

/** The compiler options of users' projects. */
export const ways = {
  'as Node resolves': { module: 'nodenext', moduleResolution: 'nodenext' },
  'as a bundler resolves': { module: 'esnext', moduleResolution: 'bundler' },
  'with the strictest options': {
    module: 'nodenext',
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
  },
  "for Node, with Node's types in place of the browser's": {
    module: 'nodenext',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    typeRoots: [join(projectDir, 'node_modules/@types')],
  },
} satisfies Readonly<Record<string, CompilerOptions>>;

/** TypeScript 7 is what a new project gets, and takes a fraction of the computing of its predecessor. */
const compilers = { 'TypeScript 7': 'typescript-7', 'TypeScript 6': 'typescript' } as const;

/** Runs one of the compilers in a folder. */
export function runTsc(
  args: readonly string[],
  cwd: string,
  compiler: keyof typeof compilers = 'TypeScript 7',
): ReturnType<typeof runNode> {
  const program = join(projectDir, 'node_modules', compilers[compiler], 'bin/tsc');
  // Its threads all check the declarations that they share: with one it computes a third of that. It ends too soon to
  // collect garbage.
  const threads = compiler === 'TypeScript 7' ? ['--singleThreaded'] : [];
  return runNode([program, '--pretty', 'false', ...threads, ...args], { cwd, env: { GOGC: 'off' } });
}

/** Compiles files in a folder of their own inside a project, and returns all errors as text. */
export async function compile(
  dir: string,
  files: Readonly<Record<string, string>>,
  options: CompilerOptions,
  compiler?: keyof typeof compilers,
): Promise<string> {
  const folder = await mkdtemp(join(dir, 'compiled-'));
  try {
    const names = Object.keys(files);
    const compilerOptions = { ...shared, ...options };
    const written = { ...files, 'tsconfig.json': JSON.stringify({ compilerOptions, files: names }) };
    for (const [name, text] of Object.entries(written)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const { stdout, stderr } = await runTsc(['-p', folder], folder, compiler);
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}
