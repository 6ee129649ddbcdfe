import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
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

/** Emits the compiler's declarations, one file per source file, and replaces those of the shipped workflows. */
async function emitDeclarations(root: string, files: readonly string[], outDir: string): Promise<void> {
  const program = ts.createProgram([...files], { ...compilerOptions(root), outDir });
  const shippedFile = join(root, 'contract/shipped.ts');
  const texts = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => void texts.set(path, text));
  const errors = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (errors.length > 0) throw new Error(formatDiagnostics(root, errors));
  texts.set(
    join(outDir, relative(root, shippedFile).replace(/\.ts$/, '.d.ts')),
    writeShippedShapes(program, shippedFile),
  );
  for (const [path, text] of texts) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

function compilerOptions(root: string): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root };
}

function formatDiagnostics(root: string, diagnostics: readonly ts.Diagnostic[]): string {
  return ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  });
}
