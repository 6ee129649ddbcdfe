import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { z } from 'zod';

interface BrowserBundle {
  readonly code: string;
  readonly gzipBytes: number;
  /** How much of the code, in bytes, each package's part is. */
  readonly bytesOf: ReadonlyMap<string, number>;
  /** What it would still have to load. */
  readonly imports: readonly string[];
}

/**
 * Bundles a program, and all it needs but for what its page has anyway, for browsers; one that needs anything of Node's
 * does not build.
 */
export async function bundleForBrowser(
  dir: string,
  program: string,
  external: string[] = [],
): Promise<BrowserBundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: dir },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: external.length === 0 ? 'iife' : 'esm',
    external,
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const code = outputFiles[0]?.text ?? '';
  const bytesOf = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? '';
      bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytesInOutput);
    }
  }
  return {
    code,
    bytesOf,
    gzipBytes: gzipSync(code, { level: 9 }).byteLength,
    imports: Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
  };
}

/**
 * Runs a bundle as a page does that was loaded over plain HTTP: with what every browser has there and nothing of Node's,
 * and without `crypto.randomUUID`. Answers with what the page's `outcome` came to.
 */
export async function runAsPage(code: string, serverUrl: string): Promise<unknown> {
  const { fetch, Headers, Request, Response, URL, URLSearchParams, TextEncoder, TextDecoder } = globalThis;
  const { FormData, Blob, AbortController, AbortSignal, DOMException, setTimeout, clearTimeout } = globalThis;
  const { ReadableStream, TransformStream, TextDecoderStream } = globalThis;
  const getRandomValues = (bytes: Uint8Array<ArrayBuffer>) => globalThis.crypto.getRandomValues(bytes);
  const page = createContext({
    ...{ fetch, Headers, Request, Response, URL, URLSearchParams, TextEncoder, TextDecoder },
    ...{ FormData, Blob, AbortController, AbortSignal, DOMException, setTimeout, clearTimeout },
    ...{ ReadableStream, TransformStream, TextDecoderStream },
    crypto: { getRandomValues },
    serverUrl,
  });
  runInContext(code, page);
  const { outcome } = z.object({ outcome: z.custom<PromiseLike<unknown>>() }).parse({ ...page });
  return await outcome;
}
