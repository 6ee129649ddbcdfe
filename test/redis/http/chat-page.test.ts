import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../../support/running-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const index =
  '<!doctype html><html lang="en"><title>Turnkeeper</title><link rel="icon" href="./icon.svg" type="image/svg+xml" />' +
  '<script type="module" src="/assets/index-Ab12.js"></script></html>';
const asset = 'console.log(1);'.repeat(20);

/** A server with a chat page as a build leaves it; use with `await using`. */
async function startWithPage(env: Readonly<Record<string, string>> = {}) {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'assets'));
  await writeFile(join(folder.path, 'index.html'), index);
  await writeFile(join(folder.path, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder.path, 'embed.js'), 'console.log(turnkeeperSettings)');
  const script = join(folder.path, 'assets', 'index-Ab12.js');
  await writeFile(script, asset);
  await writeFile(`${script}.br`, brotliCompressSync(asset));
  await writeFile(`${script}.gz`, gzipSync(asset));
  const server = await startTestServer({ chatDir: folder.path, env });
  return {
    ...server,
    path: folder.path,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Fetches with just this Accept-Encoding, and undoes the encoding that comes back. */
const fetchAs = (url: string, encodings: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { headers: { ...headers, 'accept-encoding': encodings } });

describe('the chat page', () => {
  it('is at /, revalidated each time, and not sent again while it is unchanged', async () => {
    await using server = await startWithPage();
    expect(server.hasChatPage).toBe(true);
    const response = await fetch(server.url);
    expect([response.status, await response.text()]).toEqual([200, index]);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const etag = response.headers.get('etag') ?? '';
    const again = await fetch(server.url, { headers: { 'if-none-match': etag, 'cache-control': '' } });
    expect(again.status).toBe(304);
  });

  it('has assets that are kept for good, as their names change with what is in them', async () => {
    await using server = await startWithPage();
    const script = await fetch(`${server.url}/assets/index-Ab12.js`);
    expect(script.status).toBe(200);
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const icon = await fetch(`${server.url}/favicon.svg`);
    expect([icon.status, icon.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  it('answers HEAD with the headers alone', async () => {
    await using server = await startWithPage();
    const response = await fetch(server.url, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } });
    expect([response.status, await response.text()]).toEqual([200, '']);
    const { byteLength } = await (await fetchAs(server.url, 'identity')).arrayBuffer();
    expect(response.headers.get('content-length')).toBe(String(byteLength));
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1, *;q=0', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
    ['', null],
  ])('is sent to a browser that takes "%s" as %s, its assets from the build', async (accepted, encoding) => {
    await using server = await startWithPage();
    for (const [path, content] of [
      ['/assets/index-Ab12.js?again', asset],
      ['/', '<title>Turnkeeper</title>'],
    ] as const) {
      const response = await fetchAs(server.url + path, accepted);
      expect([path, response.status, response.headers.get('content-encoding')]).toEqual([
        path,
        200,
        encoding,
      ]);
      expect(response.headers.get('vary')).toContain('Accept-Encoding');
      expect(response.headers.get('content-type')).toMatch(/^text\/(javascript|html); charset=utf-8$/);
      expect(await response.text()).toContain(content);
      const etag = response.headers.get('etag') ?? '';
      const again = await fetchAs(server.url + path, accepted, {
        'if-none-match': etag,
        'cache-control': '',
      });
      expect([path, again.status]).toEqual([path, 304]);
      // The other forms are other bytes, so a cache must not take one for the other.
      const other = await fetchAs(server.url + path, encoding === null ? 'br' : 'identity', {
        ...{ 'if-none-match': etag, 'cache-control': '' },
      });
      expect([path, other.status]).toEqual([path, 200]);
    }
  });

  it('is compressed, but no answer of the API, whatever the application around it does', async () => {
    await using server = await startWithPage();
    const response = await fetchAs(`${server.url}/trpc/workflow.definitions`, 'gzip, br');
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
  });

  it('may run only its own scripts, call only its own server, and not be framed', async () => {
    await using server = await startWithPage();
    const policy = (await fetch(server.url)).headers.get('content-security-policy') ?? '';
    const directives = policy.split('; ');
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
      expect(directives).toContain(directive);
    expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests/);
    for (const path of ['/', '/assets/index-Ab12.js'])
      expect((await fetch(server.url + path)).headers.get('x-frame-options')).toBe('DENY');
  });

  it('has the name and the icon of the settings', async () => {
    await using folder = await temporaryFolder();
    const icon = join(folder.path, 'Own.PNG');
    await writeFile(icon, 'a picture');
    await using server = await startWithPage({ ASSISTANT_NAME: 'R&D "help" $&', ASSISTANT_ICON_FILE: icon });
    const html = await (await fetch(server.url)).text();
    expect(html).toContain('data-assistant-name="R&amp;D &quot;help&quot; $&amp;"');
    expect(html).toContain('data-assistant-icon="./assistant-icon"');
    expect(html).toContain('<title>R&amp;D &quot;help&quot; $&amp;</title>');
    expect(html).toContain('<link rel="icon" href="./assistant-icon" type="image/png" />');
    const picture = await fetch(`${server.url}/assistant-icon`);
    expect([picture.headers.get('content-type'), await picture.text()]).toEqual(['image/png', 'a picture']);
    expect(picture.headers.get('cache-control')).toBe('no-cache');
    await using other = await startWithPage();
    expect((await fetch(`${other.url}/assistant-icon`)).status).toBe(404);
  });

  it.each(['/nowhere', '/assets/index-old.js', '/assets', '/..%2f..%2fpackage.json', '/%E0%A4%A', '/%00'])(
    'leaves %s to the answer for unknown paths',
    async (path) => {
      await using server = await startWithPage();
      const response = await fetch(server.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: expect.stringContaining('/trpc') as string });
    },
  );

  it('is read only', async () => {
    await using server = await startWithPage();
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await fetch(server.url, { method })).status, method).toBe(404);
  });

  it('leaves the API and health where they are', async () => {
    await using server = await startWithPage();
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect((await fetch(`${server.url}/trpc/workflow.definitions`)).status).toBe(200);
  });
});

describe('embedding the chat page', () => {
  it('is off by default: there is no script, and it says how to get one', async () => {
    await using server = await startWithPage();
    const response = await fetch(`${server.url}/embed.js`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('EMBED_ORIGINS=https://www.example.com');
  });

  it('lets the named sites, and no others, show the page and load the script and the icon', async () => {
    const origins = 'https://www.example.com, http://localhost:8080';
    await using folder = await temporaryFolder();
    const icon = join(folder.path, 'own.svg');
    await writeFile(icon, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await using server = await startWithPage({
      ...{ EMBED_ORIGINS: origins, ASSISTANT_NAME: 'Desk', ASSISTANT_ICON_FILE: icon },
    });
    const page = await fetch(server.url);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toContain('frame-ancestors https://www.example.com http://localhost:8080');
    // This header can't name them, and would forbid what the policy allows.
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect(await page.text()).toContain('data-embed-origins="https://www.example.com http://localhost:8080"');

    const script = await fetch(`${server.url}/embed.js`);
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect([script.headers.get('cache-control'), script.headers.get('vary')]).toEqual([
      ...['no-cache', 'Accept-Encoding'],
    ]);
    expect(await script.text()).toBe(
      '((turnkeeperSettings) => {console.log(turnkeeperSettings)})' +
        '({"name":"Desk","hasIcon":true,"origins":["https://www.example.com","http://localhost:8080"]});\n',
    );
    const picture = await fetch(`${server.url}/assistant-icon`);
    expect(picture.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    // Other sites still can't load anything else from here.
    const asset = await fetch(`${server.url}/assets/index-Ab12.js`);
    expect(asset.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    const api = await fetch(`${server.url}/trpc/workflow.list`, {
      headers: { origin: 'https://www.example.com' },
    });
    expect(api.status).toBe(403);
  });

  it('asks for the same-origin requests of a frame only, which need no CORS', async () => {
    await using server = await startWithPage({ EMBED_ORIGINS: 'https://www.example.com' });
    const inFrame = { origin: server.url, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' };
    const response = await fetch(`${server.url}/trpc/workflow.list`, { headers: inFrame });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('without a built page', () => {
  it('/ says how to build it, and serves it from then on', async () => {
    await using folder = await temporaryFolder();
    await using server = await startTestServer({ chatDir: join(folder.path, 'dist') });
    expect(server.hasChatPage).toBe(false);
    const response = await fetch(server.url);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('node tools/build-chat.mjs');

    await mkdir(join(folder.path, 'dist'));
    await writeFile(join(folder.path, 'dist', 'index.html'), index);
    expect(await (await fetch(server.url)).text()).toBe(index);
  });
});
