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

/** Returns the arguments with which Node runs one of the compilers. */
export function tsc(compiler: keyof typeof compilers = 'TypeScript 7'): string[] {
  return [join(projectDir, 'node_modules', compilers[compiler], 'bin/tsc'), '--pretty', 'false'];
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
    const { stdout, stderr } = await runNode([...tsc(compiler), '-p', folder], { cwd: folder });
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}
