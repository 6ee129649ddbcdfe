import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestListener } from 'node:http';

/** The metrics of a server, as a text that a scraper reads. */
export interface MetricsSource {
  readonly contentType: string;
  read(): Promise<string>;
}

export const metricsPath = '/metrics';

/**
 * Serves metrics to whoever calls it, or to a bearer of one of the tokens. Mount it at `metricsPath`, or let it listen:
 * it returns 404 for other paths.
 * @param tokens null: whoever reaches the listener may read
 */
export function metricsPage(source: MetricsSource, tokens: readonly string[] | null): RequestListener {
  const isAllowed = tokens === null ? () => true : bearerOf(tokens);
  return (request, response) => {
    const { method, headers, url = '' } = request;
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    if (url.split('?', 1)[0] !== metricsPath) {
      response.writeHead(404).end(`There is nothing here. Metrics are at ${metricsPath}.\n`);
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else if (!isAllowed(headers.authorization)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('Metrics need a bearer token.\n');
    } else {
      source.read().then(
        (text) => response.writeHead(200, { 'Content-Type': source.contentType }).end(text),
        // The reason is the reader's to find in the log of a scrape, not in this answer.
        () => response.writeHead(500).end(),
      );
    }
  };
}

/** Compares digests: they have one length, and their comparison takes one time, whatever was sent. */
function bearerOf(tokens: readonly string[]): (authorization: string | undefined) => boolean {
  const digests = tokens.map(digestOf);
  return (authorization = '') => {
    const [, sent] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (sent === undefined) return false;
    const digest = digestOf(sent);
    return digests.map((known) => timingSafeEqual(known, digest)).includes(true);
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
