import { createJiti } from 'jiti';
import type { JitiOptions } from 'jiti';
import * as zodModule from 'zod';
import * as ownDefinitionModule from '../../workflows/definition/index.ts';

type ImportedModule =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** Imports the default export of a TypeScript or JavaScript file. It never rejects. */
export type ImportDefault = (path: string) => Promise<ImportedModule>;

export const jitiOptions = {
  // With interop, a module without a default export would count as its own default export.
  interopDefault: false,
  // A cache has no use, because the server imports each file once, and the file's folder may be read-only.
  fsCache: false,
} satisfies JitiOptions;

// Both names stand for the server's own modules. A definition may lie anywhere on the disk, where neither would resolve,
// and a schema from another copy of zod would not be recognized. jiti would compile their files once more.
const jiti = createJiti(import.meta.url, {
  ...jitiOptions,
  virtualModules: { 'turnkeeper/workflows': ownDefinitionModule, zod: zodModule },
});

/** Imports a file once: another import of it, or of what it imports, returns the same module. */
export const importDefault: ImportDefault = (path) => defaultExportOf(() => jiti.import(path));

/** Returns the default export of the module that `load` loads. An error is reported on one line. */
export async function defaultExportOf(load: () => Promise<unknown>): Promise<ImportedModule> {
  try {
    const imported = await load();
    const isModule = typeof imported === 'object' && imported !== null && 'default' in imported;
    if (isModule && imported.default !== undefined) return { ok: true, value: imported.default };
    return { ok: false, reason: 'has no default export: write `export default defineWorkflow({ … })`' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const withoutTrace = message.split('\nRequire stack:')[0] ?? message;
    return { ok: false, reason: `can't be imported: ${withoutTrace.replace(/\s+/g, ' ').trim()}` };
  }
}
