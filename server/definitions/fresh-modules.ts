/**
 * Modules of definitions that are read anew, with everything that they import from the project.
 *
 * The job: give each reading of a folder modules of its own, and tell which files they are from. The boundary: only a
 * server for development reads a folder twice; all others import each file once. Packages in node_modules and the
 * server's own modules are shared between readings, because a schema of another copy of zod would not be recognized.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import type { EvalModuleOptions } from 'jiti';
import * as ownDefinitionModule from '../../workflows/definition/index.ts';
import { defaultExportOf, jitiOptions } from './import-module.ts';
import type { ImportDefault } from './import-module.ts';

type Modules = NonNullable<EvalModuleOptions['cache']>;
type KnownModule = Modules[string];

// The extension of this file shows whether the server runs from its sources or from a build.
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const definitionModule = fileURLToPath(
  new URL(`../../workflows/definition/index${extension}`, import.meta.url),
);

const jiti = createJiti(import.meta.url, {
  ...jitiOptions,
  // Files rather than modules: each reading looks them up in a cache of its own.
  alias: { 'turnkeeper/workflows': definitionModule, zod: fileURLToPath(import.meta.resolve('zod')) },
  moduleCache: false,
});
const { cache: nodeModules } = createRequire(import.meta.url);

/** One reading's modules. */
export class FreshModules {
  readonly #asked = new Set<string>();

  constructor() {
    // jiti lets Node import JSON, and Node keeps it.
    for (const file of jsonFiles()) Reflect.deleteProperty(nodeModules, file);
  }

  /** Each definition has modules of its own: what one can't import is a fault of every other that imports it, too. */
  readonly importDefault: ImportDefault = (path) => {
    this.#asked.add(path);
    return defaultExportOf(() => load(path, this.#modules()));
  };

  /** The files of the project that were asked for so far, even if they have faults. */
  files(): readonly string[] {
    return [...this.#asked, ...jsonFiles()];
  }

  /**
   * The modules that jiti knows. It looks a file up here before it reads it. A JavaScript module it would let Node import,
   * and Node would keep that for ever: such a module is transpiled instead, as one in TypeScript is.
   */
  #modules(): Modules {
    const known: Modules = { [definitionModule]: moduleOf(definitionModule, ownDefinitionModule) };
    const begun = new Map<string, KnownModule>();
    const modules: Modules = new Proxy(known, {
      get: (_known, file: string) => {
        if (isOfProject(file)) this.#asked.add(file);
        const found = begun.get(file) ?? known[file];
        if (found !== undefined || !isOfProject(file) || !/\.[cm]?js$/.test(file)) return found;
        const loaded = load(file, modules).then(asNodeImportsIt);
        const module = moduleOf(file, loaded);
        begun.set(file, module);
        // Its importer awaits it from here on. Whoever asks for it while it loads is imported by it: this circle gets the
        // exports so far, as in jiti.
        queueMicrotask(() => begun.delete(file));
        loaded.then(
          (exports) => (known[file] = moduleOf(file, exports)),
          () => undefined, // The importer is told.
        );
        return module;
      },
    });
    return modules;
  }
}

async function load(filename: string, cache: Modules): Promise<unknown> {
  const source = readFileSync(filename, 'utf8');
  return await jiti.evalModule(source, { filename, async: true, forceTranspile: true, cache });
}

function moduleOf(file: string, exports: unknown): KnownModule {
  const facts = { id: file, filename: file, path: dirname(file), paths: [], parent: null, children: [] };
  return { ...facts, exports, require: jiti, loaded: true, isPreloading: false };
}

function isOfProject(file: string): boolean {
  return isAbsolute(file) && file !== definitionModule && !file.includes(`${sep}node_modules${sep}`);
}

function jsonFiles(): string[] {
  return Object.keys(nodeModules).filter((file) => file.endsWith('.json') && isOfProject(file));
}

/** The exports of a CommonJS module are its default export, and its named ones. */
function asNodeImportsIt(exports: unknown): unknown {
  if (typeof exports === 'object' && exports !== null && '__esModule' in exports) return exports;
  return typeof exports === 'object' ? { ...exports, default: exports } : { default: exports };
}
