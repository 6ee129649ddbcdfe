import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

type ImportedModule =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

// This very file's extension tells whether it runs from the sources or from a build.
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const definitionModule = fileURLToPath(
  new URL(`../../workflows/definition/index${extension}`, import.meta.url),
);

// Definitions may lie anywhere on the disk, where neither of these names would resolve; and a schema of another copy of
// zod would be none of ours.
const jiti = createJiti(import.meta.url, {
  alias: { 'turnkeeper/workflows': definitionModule, zod: fileURLToPath(import.meta.resolve('zod')) },
  // Otherwise a module without a default export would pass for its own.
  interopDefault: false,
  // The server imports each file once, and its own folder may be read-only.
  fsCache: false,
});

/** Imports the default export of a TypeScript or JavaScript file; what goes wrong comes as one line. */
export async function importDefault(path: string): Promise<ImportedModule> {
  try {
    const imported: unknown = await jiti.import(path);
    const isModule = typeof imported === 'object' && imported !== null && 'default' in imported;
    if (isModule && imported.default !== undefined) return { ok: true, value: imported.default };
    return { ok: false, reason: 'has no default export: write `export default defineWorkflow({ … })`' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const withoutTrace = message.split('\nRequire stack:')[0] ?? message;
    return { ok: false, reason: `can't be imported: ${withoutTrace.replace(/\s+/g, ' ').trim()}` };
  }
}
