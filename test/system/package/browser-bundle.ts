import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { z } from 'zod';

interface BrowserBundle {
  readonly code: string;
  readonly gzipBytes: number;
  /** The bytes of each package in the code. */
  readonly bytesOf: ReadonlyMap<string, number>;
  /** The imports left for the page to load. */
  readonly imports: readonly string[];
}

/**
 * Bundles a program for browsers with all it needs, except what its page has anyway; a program that needs anything of
 * Node's does not build.
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
 * Runs a bundle like a page loaded over plain HTTP: with what every browser has there, nothing of Node's, and no
 * `crypto.randomUUID`. Returns the value of the page's `outcome`.
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
