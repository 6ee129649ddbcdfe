import { createServer } from 'node:http';
import { listenLocally } from '../../../support/local-server.ts';

interface SitePage {
  /** The tags that the page has in its head. */
  readonly head: string;
  /** @default none */
  readonly css?: string;
  /** Its Content-Security-Policy. @default none */
  readonly policy?: string;
}

const words =
  '<main><h1>Harbour Supplies</h1><p>Ropes, sails and lanterns since 1911.</p><p><a href="#sails">Sails</a></p></main>';

/**
 * The site of somebody else. Browsers take it for another site than the servers of the tests, and not only for another
 * origin: those are at 127.0.0.1, and it is at localhost. Use with `await using`.
 */
export async function startSite() {
  let page: SitePage = { head: '' };
  const site = createServer(({ url }, response) => {
    const { head, css = '', policy } = page;
    if (policy !== undefined) response.setHeader('content-security-policy', policy);
    if (url === '/style.css') {
      response.setHeader('content-type', 'text/css');
      response.end(`body { margin: 2rem; font: 1rem/1.5 Georgia, serif; } ${css}`);
      return;
    }
    response.setHeader('content-type', 'text/html');
    response.end(
      '<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width">' +
        '<title>Harbour Supplies</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">' +
        `${head}</head><body>${words}</body></html>`,
    );
  });
  const listening = await listenLocally(site);
  return {
    url: listening.url.replace('127.0.0.1', 'localhost'),
    /** Says what the site's page is like from now on. */
    serve: (given: SitePage): void => {
      page = given;
    },
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
