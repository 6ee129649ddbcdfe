import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Long enough to be smaller when it is compressed. */
const words = 'words and words '.repeat(20);

/** A checkout with a chat page of one line, and links to this project's installed packages. */
async function checkout() {
  const folder = await temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  const write = async (path: string, content: string) => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), content);
  };
  await mkdir(at('tools'));
  await cp(join(root, 'tools/build-chat.mjs'), at('tools/build-chat.mjs'));
  await mkdir(at('node_modules'));
  await symlink(join(root, 'node_modules/vite'), at('node_modules/vite'));
  await write('apps/chat/package.json', '{"type": "module"}');
  await write('apps/chat/index.html', '<script type="module" src="/src/main.ts"></script>');
  await write('apps/chat/src/main.ts', `document.title = "first ${words}";`);
  await write('client-sdk/src/index.ts', '');
  await write('package-lock.json', '{}');
  const page = 'apps/chat/dist';
  return {
    write,
    remove: (path: string) => rm(at(path), { recursive: true }),
    /** Makes everything an hour old, the page included. */
    age: async () => {
      const anHourAgo = new Date(Date.now() - 3_600_000);
      const names = await readdir(folder.path, { recursive: true });
      for (const name of names) await utimes(at(name), anHourAgo, anHourAgo);
    },
    build: async (env: Record<string, string> = {}) => {
      const child = spawn(process.execPath, [at('tools/build-chat.mjs')], {
        env: { PATH: process.env['PATH'], ...env },
      });
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close') as Promise<[number]>,
      ]);
      return { code, stdout, stderr };
    },
    builtAt: async () => (await stat(at(`${page}/index.html`))).mtimeMs,
    assets: async () => (await readdir(at(`${page}/assets`))).sort(),
    asset: (name: string) => readFile(at(`${page}/assets/${name}`)),
    script: async () => {
      const html = await readFile(at(`${page}/index.html`), 'utf8');
      const src = /src="([^"]+)"/.exec(html)?.[1] ?? '';
      return readFile(at(`${page}${src}`), 'utf8');
    },
    leftovers: () => readdir(at('node_modules/.cache')),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
}

describe('building the chat page', () => {
  it('builds it where there is none, says so in one line with the time it took, and leaves nothing else', async () => {
    await using there = await checkout();
    await there.write('apps/chat/src/main.ts', `document.title = "first, " + process.env.NODE_ENV;`);
    const { code, stdout, stderr } = await there.build({ NODE_ENV: 'test' });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^The chat page has not been built yet: building it … done in \d+\.\d s\.\n$/);
    expect(await there.script()).toMatch(/first, .*production/);
    expect(await there.leftovers()).toEqual([]);
  });

  it('rebuilds it when one of its sources has changed, and otherwise prints and does nothing', async () => {
    await using there = await checkout();
    await there.build();
    // This tests the decision to build: without Vite, a build ends at once.
    await there.remove('node_modules/vite');
    for (const [path, content] of [
      ['apps/chat/src/main.ts', `document.title = "second ${words}";`],
      ['apps/chat/src/new-source.ts', ''],
      ['client-sdk/src/index.ts', 'export {};'],
      ['package-lock.json', '{"lockfileVersion": 3}'],
    ] as const) {
      await there.age();
      const before = await there.builtAt();
      expect(await there.build(), `before ${path} changes`).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(await there.builtAt()).toBe(before);
      await there.write(path, content);
      const { stdout } = await there.build();
      expect(stdout, path).toMatch(/^The chat page is out of date: building it …/);
    }
  });

  it('replaces the page and takes away what belonged to the old one', async () => {
    await using there = await checkout();
    await there.build();
    const [first] = await there.assets();
    await there.age();
    await there.write('apps/chat/src/main.ts', `document.title = "second ${words}";`);
    await there.build();
    expect(await there.script()).toContain('second');
    expect(await there.assets()).toHaveLength(3);
    expect(await there.assets()).not.toContain(first);
  });

  it('compresses its files in the two ways that browsers take, where that makes them smaller', async () => {
    await using there = await checkout();
    await there.write('apps/chat/public/assets/short.txt', 'short');
    await there.build();
    const script = await there.script();
    const [plain = '', ...packed] = (await there.assets()).filter((name) => name.includes('.js'));
    expect(packed).toEqual([`${plain}.br`, `${plain}.gz`]);
    expect(brotliDecompressSync(await there.asset(`${plain}.br`)).toString()).toBe(script);
    expect(gunzipSync(await there.asset(`${plain}.gz`)).toString()).toBe(script);
    expect((await there.assets()).filter((name) => name.includes('short'))).toEqual(['short.txt']);
  });
});

describe('a page that cannot be built', () => {
  it('fails the build, with what is wrong and the page as it was', async () => {
    await using there = await checkout();
    await there.build();
    await there.age();
    await there.write('apps/chat/src/main.ts', 'document.title = ;');
    const { code, stderr } = await there.build();
    expect(code).toBe(1);
    expect(stderr).toContain('main.ts');
    expect(await there.script()).toContain('first');
    expect(await there.leftovers()).toEqual([]);
  });

  it('keeps no server from starting: npm start reports it, and goes on', async () => {
    await using there = await checkout();
    await there.write('apps/chat/src/main.ts', 'document.title = ;');
    const { code, stderr } = await there.build({ npm_lifecycle_event: 'prestart' });
    expect(code).toBe(0);
    expect(stderr).toContain('The server starts without the chat page.');
  });

  it('is reported in the same way if the packages for building are not installed', async () => {
    await using there = await checkout();
    await there.remove('node_modules/vite');
    const { code, stderr } = await there.build({ npm_lifecycle_event: 'prestart' });
    expect(code).toBe(0);
    expect(stderr).toContain("Cannot find module 'vite/package.json'");
  });
});
