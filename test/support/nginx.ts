import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { createAuthority } from './certificates.ts';
import { endWithUs } from './end-with-us.ts';
import { onFreePorts } from './on-free-ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

const configuration = fileURLToPath(new URL('../../deploy/nginx/turnkeeper.conf', import.meta.url));

/** The host that the configuration serves, and that its certificate is for. */
export const publicHost = 'chat.example.com';

/**
 * Starts nginx with `deploy/nginx/turnkeeper.conf` in front of three servers, with the test's addresses and
 * certificates in place of the file's; use with `await using`.
 * @throws Error when there is no nginx, or it refuses the configuration
 */
export async function startNginx(servers: readonly [URL, URL, URL]) {
  const binary = findNginx();
  const folder = await temporaryFolder();
  const at = (path: string): string => join(folder.path, path);
  const authority = createAuthority();
  const { cert, key } = authority.issue([publicHost]);
  await writeFile(at('cert.pem'), cert);
  await writeFile(at('key.pem'), key);
  await mkdir(at('temp'));
  const given = await readFile(configuration, 'utf8');
  return onFreePorts(async () => {
    const ports = { clear: await freePort(), tls: await freePort(), redirect: await freePort() };
    const written = replaceAll(given, [
      ['listen 80;', `listen 127.0.0.1:${ports.redirect};`],
      // The plain listener beside it is for callers that don't know the test's authority.
      ['listen 443 ssl http2;', `listen 127.0.0.1:${ports.tls} ssl http2; listen 127.0.0.1:${ports.clear};`],
      [`/etc/nginx/tls/${publicHost}.crt`, at('cert.pem')],
      [`/etc/nginx/tls/${publicHost}.key`, at('key.pem')],
      ...servers.map(({ host }, index) => [`turnkeeper-${index + 1}:3000`, host] as const),
    ]);
    await writeFile(at('turnkeeper.conf'), written);
    await writeFile(at('nginx.conf'), surroundings(folder.path));
    const child = spawn(binary, ['-p', folder.path, '-c', at('nginx.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const letGo = child.pid === undefined ? undefined : endWithUs(child.pid);
    let log = '';
    const ended = once(child, 'close').then(() => letGo?.());
    child.stderr.setEncoding('utf8');
    for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
      log += String(chunk);
      if (log.includes('start worker process ')) break;
    }
    if (child.exitCode !== null || !log.includes('start worker process ')) {
      await ended;
      throw new Error(`nginx did not start:\n${log}`);
    }
    child.stderr.on('data', (chunk: string) => (log += chunk));
    return {
      url: `http://127.0.0.1:${ports.clear}`,
      ports,
      /** The certificate of the authority that signed nginx's. */
      authority: authority.cert,
      /** Returns the error log so far. */
      log: () => log,
      [Symbol.asyncDispose]: async (): Promise<void> => {
        child.kill('SIGTERM');
        await ended;
        await folder[Symbol.asyncDispose]();
      },
    };
  });
}

/** The lines that a distribution's nginx.conf has around the file, with everything that is written in the test's folder. */
function surroundings(dir: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${dir}/temp/${kind};`,
  );
  // A master that runs as root would start its workers as nobody, who may not enter the folder.
  const isRoot = process.getuid?.() === 0;
  return [
    ...(isRoot ? ['user root;'] : []),
    ...['daemon off;', 'worker_processes 2;', `pid ${dir}/nginx.pid;`, 'error_log stderr notice;'],
    ...['events { worker_connections 256; }', 'http {', '  access_log off;', ...temporary],
    ...[`  include ${dir}/turnkeeper.conf;`, '}', ''],
  ].join('\n');
}

function replaceAll(text: string, replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the configuration does not have ${from}`);
    return changed.replaceAll(from, to);
  }, text);
}

/** Debian has it in a folder that is on the PATH of root only. */
function findNginx(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'nginx'))
    .find(canRun);
  if (found === undefined)
    throw new Error('There is no nginx on the PATH: node tools/ensure-programs.mjs nginx installs it.');
  return found;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
