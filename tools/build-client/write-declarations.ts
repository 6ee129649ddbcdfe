import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import ts from 'typescript';
import { writeShippedShapes } from './shipped-shapes.ts';

interface Declarations {
  /** The project's folder, where `tsconfig.json` is. */
  readonly root: string;
  /** Source files by the name of their entry. */
  readonly entries: Readonly<Record<string, string>>;
  readonly outDir: string;
}

/** Writes one declaration file per entry; declarations that several entries need go into `shared.d.ts`. */
export async function writeDeclarations({ root, entries, outDir }: Declarations): Promise<void> {
  const separate = await mkdtemp(join(outDir, 'types-'));
  try {
    await emitDeclarations(root, Object.values(entries), separate);
    const emitted = (file: string): string =>
      join(separate, relative(root, file).replace(/\.tsx?$/, '.d.ts'));
    const bundle = await rollup({
      input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, emitted(file)])),
      external: (id) => !/^[./]/.test(id),
      plugins: [dts()],
      // The plugin warns about each type without a public name. A test of the package covers the names that users need.
      onLog: (level, log, handle) => {
        if (!log.message.includes('no public re-export')) handle(level, log);
      },
    });
    await bundle.write({
      dir: outDir,
      format: 'es',
      entryFileNames: '[name].d.ts',
      chunkFileNames: 'shared.d.ts',
    });
  } finally {
    await rm(separate, { recursive: true });
  }
}

/**
 * Emits the compiler's declarations, one file per source file, and replaces those of the shipped workflows. TypeScript 7
 * emits them in a fraction of the time that TypeScript 6 needs, which has the API that the shapes are read with.
 */
async function emitDeclarations(root: string, files: readonly string[], outDir: string): Promise<void> {
  const project = join(outDir, 'tsconfig.json');
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true },
    ...{ rootDir: root, outDir, typeRoots: [join(root, 'node_modules/@types')] },
  };
  await writeFile(
    project,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  const compiler = createRequire(join(root, 'package.json')).resolve('typescript-7/package.json');
  const args = [join(dirname(compiler), 'bin/tsc'), '--singleThreaded', '-p', project];
  try {
    await promisify(execFile)(process.execPath, args);
  } catch (error) {
    // The compiler prints its errors on standard output.
    throw error instanceof Error && 'stdout' in error ? new Error(String(error.stdout)) : error;
  }
  const shippedFile = join(root, 'contract/shipped.ts');
  const emitted = join(outDir, relative(root, shippedFile).replace(/\.ts$/, '.d.ts'));
  await writeFile(
    emitted,
    writeShippedShapes(ts.createProgram([shippedFile], compilerOptionsOf(root)), shippedFile),
  );
}

function compilerOptionsOf(root: string): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}
