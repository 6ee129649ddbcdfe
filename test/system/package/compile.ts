import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

const shared: ts.CompilerOptions = {
  strict: true,
  skipLibCheck: false,
  // TypeScript's own declarations are not under test.
  skipDefaultLibCheck: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  types: [],
};

/** The compiler options of users' projects. */
export const ways: Readonly<Record<string, ts.CompilerOptions>> = {
  'as Node resolves': { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  'as a bundler resolves': {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  },
  'with the strictest options': {
    module: ts.ModuleKind.NodeNext,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
  },
  "for Node, with Node's types in place of the browser's": {
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    typeRoots: [join(projectDir, 'node_modules/@types')],
  },
};

/** Parsed files of the disk, which programs with the same options share: parsing them is a third of a compilation. */
const parsed = ts.createDocumentRegistry();

/** Compiles files that need not exist, as if they were in a folder, and returns all errors as text. */
export function compile(
  dir: string,
  files: Readonly<Record<string, string>>,
  options: ts.CompilerOptions,
): string {
  const sources = new Map(Object.entries(files).map(([name, text]) => [join(dir, name), text]));
  const folders = new Set([...sources.keys()].map((path) => dirname(path)));
  const complete = { ...shared, ...options };
  const disk = ts.createCompilerHost(complete);
  const host: ts.CompilerHost = {
    ...disk,
    getCurrentDirectory: () => dir,
    readFile: (path) => sources.get(path) ?? disk.readFile(path),
    fileExists: (path) => sources.has(path) || disk.fileExists(path),
    directoryExists: (path) => folders.has(path) || disk.directoryExists?.(path) === true,
    getSourceFile: (path, languageVersion) => {
      const text = sources.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, languageVersion);
      const stored = disk.readFile(path);
      if (stored === undefined) return undefined;
      const snapshot = ts.ScriptSnapshot.fromString(stored);
      return parsed.acquireDocument(path, complete, snapshot, '', undefined, languageVersion);
    },
  };
  const program = ts.createProgram([...sources.keys()], complete, host);
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
    getCurrentDirectory: () => dir,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  });
}
