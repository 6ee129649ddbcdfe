import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../tools/ensure-programs.mjs', import.meta.url));

/** The whole PATH of the script under test: it finds only the executables that a test puts there. */
let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'turnkeeper-path-'));
  await symlink('/usr/bin/env', join(bin, 'env'));
});
afterEach(() => rm(bin, { recursive: true, force: true }));

async function executable(name: string, ...commands: string[]): Promise<void> {
  const noteCall = `echo "${name} $*" >> "${bin}/calls"`;
  await writeFile(join(bin, name), ['#!/bin/sh', noteCall, ...commands, ''].join('\n'), { mode: 0o755 });
}

const installs = (binary: string, when = 'true') =>
  `if ${when}; then echo '#!/bin/sh' > "${bin}/${binary}"; /bin/chmod 755 "${bin}/${binary}"; fi`;
const isInstall = '[ "$1" = install ] || [ "$1" = add ]';

const asRoot = () => executable('id', 'echo 0');
const asUser = () => executable('id', 'echo 1000');

async function calls(): Promise<string[]> {
  const log = await readFile(join(bin, 'calls'), 'utf8').catch(() => '');
  return log.split('\n').filter((line) => line !== '' && !line.startsWith('id '));
}

const ensureRedis = (environment?: Record<string, string>) => ensure(['redis'], environment);

async function ensure(programs: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script, ...programs], { env: { PATH: bin, ...environment } });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

describe('ensure-programs with a Redis on the PATH', () => {
  it.each(['redis-server', 'valkey-server'])('says and does nothing when %s is on the PATH', async (name) => {
    await executable(name);
    await executable('apt-get');
    expect(await ensureRedis()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await calls()).toEqual([]);
  });

  it('needs no Redis for a server with a REDIS_URL', async () => {
    await executable('apt-get');
    const environment = { REDIS_URL: 'redis://elsewhere', npm_lifecycle_event: 'prestart' };
    expect(await ensureRedis(environment)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await calls()).toEqual([]);
  });

  it('still needs one for the tests, which start their own, whatever REDIS_URL says', async () => {
    const environment = { REDIS_URL: 'redis://elsewhere', npm_lifecycle_event: 'pretest' };
    expect((await ensureRedis(environment)).code).toBe(1);
  });
});

describe('ensure-programs without a Redis says so and installs one', () => {
  it('with apt-get as root: the lists first, without questions, extras or a started service', async () => {
    await asRoot();
    await executable(
      'apt-get',
      `echo "$DEBIAN_FRONTEND $RUNLEVEL $SYSTEMD_OFFLINE" >> "${bin}/calls"`,
      installs('redis-server', isInstall),
    );
    const { code, stdout } = await ensureRedis();
    expect(code).toBe(0);
    expect(stdout).toContain(
      'There is no redis-server or valkey-server on the PATH: installing it with apt-get.',
    );
    expect(await calls()).toEqual([
      'apt-get update',
      'noninteractive 1 1',
      'apt-get install -y --no-install-recommends redis-server',
      'noninteractive 1 1',
    ]);
  });

  it('with apt-get through a sudo that asks for no password', async () => {
    await asUser();
    await executable('sudo', '[ "$1" = -n ] || exit 1', 'shift', '[ "$1" = true ] || exec "$@"');
    await executable('apt-get', installs('redis-server', isInstall));
    expect((await ensureRedis()).code).toBe(0);
    expect((await calls()).filter((call) => call.startsWith('sudo'))).toEqual([
      'sudo -n true',
      'sudo -n env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 SYSTEMD_OFFLINE=1 apt-get update',
      'sudo -n env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 SYSTEMD_OFFLINE=1 apt-get install -y --no-install-recommends redis-server',
    ]);
  });

  it('with dnf', async () => {
    await asRoot();
    await executable('dnf', installs('redis-server'));
    expect((await ensureRedis()).code).toBe(0);
    expect(await calls()).toEqual(['dnf install -y redis']);
  });

  it('with dnf, Valkey where there is no Redis any more', async () => {
    await asRoot();
    await executable('dnf', '[ "$3" = valkey ] || exit 1', installs('valkey-server'));
    expect((await ensureRedis()).code).toBe(0);
    expect(await calls()).toEqual(['dnf install -y redis', 'dnf install -y valkey']);
  });

  it('with apk', async () => {
    await asRoot();
    await executable('apk', installs('redis-server'));
    expect((await ensureRedis()).code).toBe(0);
    expect(await calls()).toEqual(['apk add redis']);
  });

  it('with brew, which refuses to run as root, without sudo', async () => {
    await asUser();
    await executable('sudo');
    await executable('brew', installs('redis-server'));
    expect((await ensureRedis()).code).toBe(0);
    expect(await calls()).toEqual(['brew install redis']);
  });
});

describe('ensure-programs that cannot install says what to type and fails', () => {
  const aptCommands = 'sudo apt-get update && sudo apt-get install -y --no-install-recommends redis-server';

  it('when installing is forbidden, touching nothing', async () => {
    await asRoot();
    await executable('apt-get', installs('redis-server', isInstall));
    const { code, stderr } = await ensureRedis({ TURNKEEPER_NO_INSTALL: '1' });
    expect(code).toBe(1);
    expect(stderr).toContain('TURNKEEPER_NO_INSTALL=1');
    expect(stderr).toContain(aptCommands);
    expect(await calls()).toEqual([]);
  });

  it('when it is not root and there is no sudo', async () => {
    await asUser();
    await executable('apt-get', installs('redis-server', isInstall));
    const { code, stderr } = await ensureRedis();
    expect(code).toBe(1);
    expect(stderr).toContain('needs root');
    expect(stderr).toContain(aptCommands);
    expect(await calls()).toEqual([]);
  });

  it('when sudo would ask for a password', async () => {
    await asUser();
    await executable('sudo', 'exit 1');
    await executable('dnf', installs('redis-server'));
    const { code, stderr } = await ensureRedis();
    expect(code).toBe(1);
    expect(stderr).toContain('sudo dnf install -y redis || sudo dnf install -y valkey');
    expect(await calls()).toEqual(['sudo -n true']);
  });

  it('when it knows none of the package managers', async () => {
    const { code, stderr } = await ensureRedis();
    expect(code).toBe(1);
    expect(stderr).toContain('no package manager known to this script');
    expect(stderr).toContain('REDIS_URL=redis://');
  });

  it('when the package manager fails, without installing after a failed update', async () => {
    await asRoot();
    await executable('apt-get', 'echo "no network" >&2; exit 100');
    const { code, stderr } = await ensureRedis();
    expect(code).toBe(1);
    expect(stderr).toContain('no network');
    expect(stderr).toContain('apt-get could not install it');
    expect(await calls()).toEqual(['apt-get update']);
  });

  it('when the package brought no binary', async () => {
    await asRoot();
    await executable('apk');
    const { code, stderr } = await ensureRedis();
    expect(code).toBe(1);
    expect(stderr).toContain('still not on the PATH');
  });
});

describe('Chromium, which the browser tests start', () => {
  const bothForTests = (environment?: Record<string, string>) => ensure(['redis', 'chromium'], environment);

  it.each([
    'chromium-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
  ])('is there as %s', async (name) => {
    await executable('redis-server');
    await executable(name);
    await executable('apt-get');
    expect(await bothForTests()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await calls()).toEqual([]);
  });

  it.each([
    [
      'apt-get',
      [
        'apt-get update',
        'apt-get install -y --no-install-recommends chromium-headless-shell fonts-liberation',
      ],
    ],
    ['dnf', ['dnf install -y chromium']],
    ['apk', ['apk add chromium font-liberation']],
  ])('is installed with %s where it is missing, with a font to draw with', async (manager, commands) => {
    await asRoot();
    await executable('redis-server');
    await executable(manager, installs('chromium', isInstall));
    const { code, stdout } = await bothForTests();
    expect(code).toBe(0);
    expect(stdout).toContain(`There is no Chromium or Chrome on the PATH: installing it with ${manager}.`);
    expect(await calls()).toEqual(commands);
  });

  it('is installed whole where the distribution has no headless shell', async () => {
    await asRoot();
    await executable('redis-server');
    const hasNoShell = 'case "$*" in *headless-shell*) exit 100 ;; esac';
    await executable('apt-get', `${hasNoShell}; ${installs('chromium', isInstall)}`);
    expect((await bothForTests()).code).toBe(0);
    expect((await calls()).at(-1)).toBe(
      'apt-get install -y --no-install-recommends chromium fonts-liberation',
    );
  });

  it('is not installed for a server, which has no use for it', async () => {
    await executable('redis-server');
    await executable('apt-get', installs('chromium', isInstall));
    expect(await ensureRedis({ npm_lifecycle_event: 'prestart' })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(await calls()).toEqual([]);
  });

  it('is skipped with a notice if it cannot be installed, so that all other tests still run', async () => {
    await asRoot();
    await executable('redis-server');
    await executable('apt-get', installs('chromium', isInstall));
    const { code, stderr } = await bothForTests({ TURNKEEPER_NO_INSTALL: '1' });
    expect(code).toBe(0);
    expect(stderr).toContain('TURNKEEPER_NO_INSTALL=1');
    expect(stderr).toContain(
      '(sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium-headless-shell fonts-liberation) || ' +
        '(sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium fonts-liberation)',
    );
    expect(stderr).toContain('the tests in test/system/browser fail');
    expect(await calls()).toEqual([]);
  });

  it('does not make up for a missing Redis', async () => {
    await executable('chromium');
    expect((await bothForTests()).code).toBe(1);
  });
});

describe('nginx, which the tests of deploy/ start', () => {
  it('is there', async () => {
    await executable('nginx');
    await executable('apt-get');
    expect(await ensure(['nginx'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await calls()).toEqual([]);
  });
});

it.each([[[]], [['postgres']], [['constructor']]])(
  'refuses %j, and names the known arguments',
  async (programs) => {
    const { code, stderr } = await ensure(programs);
    expect(code).toBe(1);
    expect(stderr).toContain('redis, chromium');
  },
);
