/**
 * Compressed answers. The files of the chat page were compressed when it was built (tools/build-chat.mjs), and the texts
 * that the server makes itself are compressed when they change: no request waits for a compression. Answers of the API are
 * never compressed (docs/http.md, Compression).
 */
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { static as serveFiles } from 'express';
import type { Request, RequestHandler, Response } from 'express';

/** In the order of the server's preference. */
const encodings = [
  { name: 'br', suffix: '.br', compress: promisify(brotliCompress) },
  { name: 'gzip', suffix: '.gz', compress: promisify(gzip) },
] as const;

type Encoding = (typeof encodings)[number];

function takes(request: Request, { name }: Encoding): boolean {
  return request.acceptsEncodings(name) === name;
}

/**
 * Serves the files of a folder, each in the best encoding that lies beside it and that the browser takes.
 * @param setHeaders is told a file's own path, whichever form of it is sent
 */
export function compressedFiles(
  dir: string,
  setHeaders: (response: Response, path: string) => void,
): RequestHandler[] {
  const serve = (encoding: Encoding | null): RequestHandler =>
    serveFiles(dir, {
      redirect: false,
      index: false,
      setHeaders: (response: Response, path) => {
        const ownPath = encoding === null ? path : path.slice(0, -encoding.suffix.length);
        response.vary('Accept-Encoding');
        if (encoding !== null) response.type(extname(ownPath)).setHeader('Content-Encoding', encoding.name);
        setHeaders(response, ownPath);
      },
    });
  const packed = encodings.map((encoding): RequestHandler => {
    const serveForm = serve(encoding);
    return (request, response, next) => {
      if (!takes(request, encoding)) {
        next();
        return;
      }
      const { url } = request;
      request.url = url.replace(/(?=\?|$)/, encoding.suffix);
      serveForm(request, response, (error) => {
        request.url = url;
        next(error);
      });
    };
  });
  return [...packed, serve(null)];
}

/** Sends a text that seldom changes. Each encoding of it is made once, for the first request that takes it. */
export function textSender(): (request: Request, response: Response, text: string) => Promise<void> {
  let last: { readonly text: string; readonly packed: Map<Encoding, Promise<Buffer>> } | null = null;
  return async (request, response, text) => {
    if (last?.text !== text) last = { text, packed: new Map() };
    const { packed } = last;
    response.vary('Accept-Encoding');
    const encoding = encodings.find((each) => takes(request, each));
    if (encoding === undefined) {
      response.send(text);
      return;
    }
    const made = packed.get(encoding) ?? encoding.compress(text);
    packed.set(encoding, made);
    response.setHeader('Content-Encoding', encoding.name);
    response.send(await made);
  };
}
