// Runs before the server starts, and builds the chat page (apps/chat) if it is missing or older than its sources. Its
// files are compressed here, once, and not for each request. A failed build prints its error, and the server still starts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const app = join(root, 'apps/chat');
const page = join(app, 'dist');
const indexOf = (folder) => join(folder, 'index.html');

/** The page's sources; package-lock.json stands for the packages that it pins. */
const sources = [
  ...['index.html', 'package.json', 'public', 'src', 'tsconfig.json', 'vite.config.ts'].map((name) =>
    join(app, name),
  ),
  ...['contract', 'client-sdk/src', 'client-sdk/package.json', 'package-lock.json'].map((name) =>
    join(root, name),
  ),
];

/** Pictures and fonts are compressed in themselves. */
const compressible = /\.(?:js|css|svg|md|txt)$/;

const compressions = [
  { suffix: '.br', compress: promisify(brotliCompress), options: {} },
  { suffix: '.gz', compress: promisify(gzip), options: { level: zlib.Z_BEST_COMPRESSION } },
];

const reason = whyBuild();
if (reason !== null) await build(reason);

function whyBuild() {
  if (!existsSync(indexOf(page))) return 'The chat page has not been built yet';
  const builtAt = statSync(indexOf(page)).mtimeMs;
  return sources.some((source) => changedAt(source) > builtAt) ? 'The chat page is out of date' : null;
}

/** A folder's own time counts too: it changes when a file is deleted. */
function changedAt(path) {
  if (!existsSync(path)) return 0;
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

async function build(why) {
  const startedAt = new Date();
  process.stdout.write(`${why}: building it …`);
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'react-chat-'));
  try {
    await runVite(fresh);
    await compressFiles(fresh);
    // A source that changes during the build must be newer than the page.
    utimesSync(indexOf(fresh), startedAt, startedAt);
    publish(fresh);
    process.stdout.write(` done in ${((Date.now() - startedAt.getTime()) / 1000).toFixed(1)} s.\n`);
  } catch (error) {
    process.stdout.write(' failed.\n');
    console.error(error.message.trim());
    if (process.env.npm_lifecycle_event === 'prestart') console.error(`The server starts ${whatIsLeft()}.`);
    else process.exitCode = 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function whatIsLeft() {
  return existsSync(indexOf(page)) ? 'with the chat page as it was built last' : 'without the chat page';
}

async function runVite(outDir) {
  const vite = join(
    dirname(createRequire(join(app, 'package.json')).resolve('vite/package.json')),
    'bin/vite.js',
  );
  const child = spawn(
    process.execPath,
    [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'],
    {
      cwd: app,
      // React's build for development is half as large again, and NODE_ENV of a test or of the shell would choose it.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
}

/**
 * Writes each file's compressed forms beside it, under the names that server/http/compressed-files.ts looks for. The server
 * completes index.html and embed.js itself, and compresses them then.
 */
async function compressFiles(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  await Promise.all(
    names
      .filter((name) => compressible.test(name) && name !== 'embed.js')
      .map(async (name) => {
        const plain = await readFile(join(folder, name));
        for (const { suffix, compress, options } of compressions) {
          const packed = await compress(plain, options);
          if (packed.length < plain.length) await writeFile(join(folder, `${name}${suffix}`), packed);
        }
      }),
  );
}

/** Writes index.html last, so that a running server, or another build at the same time, never has half a page. */
function publish(fresh) {
  const names = readdirSync(fresh, { recursive: true, encoding: 'utf8' });
  const index = 'index.html';
  mkdirSync(page, { recursive: true });
  cpSync(fresh, page, { recursive: true, filter: (from) => from !== indexOf(fresh) });
  renameSync(indexOf(fresh), indexOf(page));
  for (const name of readdirSync(page, { recursive: true, encoding: 'utf8' }))
    if (name !== index && !names.includes(name)) rmSync(join(page, name), { recursive: true, force: true });
}
