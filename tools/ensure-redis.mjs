// Runs before anything that starts a Redis of its own: finds redis-server or valkey-server, or installs one with the
// machine's package manager, or says exactly what to type. Plain Node, so that it needs no installed package.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const noninteractive = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];

/**
 * Package managers in the order in which they are looked for. Each list of commands ends with one that installs; a
 * second list is tried when the first fails. With RUNLEVEL=1 Debian's packages don't start a service.
 */
const managers = [
  {
    name: 'apt-get',
    needsRoot: true,
    environment: noninteractive,
    attempts: [
      [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'],
      ],
    ],
  },
  {
    name: 'dnf',
    needsRoot: true,
    environment: [],
    attempts: [[['dnf', 'install', '-y', 'redis']], [['dnf', 'install', '-y', 'valkey']]],
  },
  { name: 'apk', needsRoot: true, environment: [], attempts: [[['apk', 'add', 'redis']]] },
  { name: 'brew', needsRoot: false, environment: [], attempts: [[['brew', 'install', 'redis']]] },
];

process.exitCode = main();

function main() {
  if (hasRedis()) return 0;
  // The server then uses that one. Tests and demo need a binary: they start and stop Redis themselves.
  const isForStart = process.env.npm_lifecycle_event === 'prestart';
  if (isForStart && process.env.REDIS_URL) return 0;

  const manager = managers.find(({ name }) => isOnPath(name));
  if (manager === undefined) {
    return fail('no package manager known to this script is on the PATH (apt-get, dnf, apk, brew)', null);
  }
  if (process.env.TURNKEEPER_NO_INSTALL === '1') {
    return fail('TURNKEEPER_NO_INSTALL=1 forbids installing it', manager);
  }
  const prefix = manager.needsRoot ? rootPrefix(manager.environment) : [];
  if (prefix === null) {
    return fail(`${manager.name} needs root, and neither is this root nor does "sudo -n" work`, manager);
  }
  console.log(`Neither redis-server nor valkey-server is on the PATH: installing one with ${manager.name}.`);
  const isInstalled = manager.attempts.some((commands) =>
    commands.every((command) => run([...prefix, ...command])),
  );
  if (!isInstalled) return fail(`${manager.name} could not install it (its own message is above)`, manager);
  if (!hasRedis()) return fail(`${manager.name} succeeded, but it is still not on the PATH`, manager);
  return 0;
}

function hasRedis() {
  return isOnPath('redis-server') || isOnPath('valkey-server');
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    if (folder === '') return false;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What goes before a command so that it runs as root, in that environment; null when nothing makes it so. */
function rootPrefix(environment) {
  const withEnvironment = environment.length === 0 ? [] : ['env', ...environment];
  if (spawnSync('id', ['-u'], { encoding: 'utf8' }).stdout?.trim() === '0') return withEnvironment;
  // -n: a script must not stop at a password prompt.
  if (spawnSync('sudo', ['-n', 'true']).status === 0) return ['sudo', '-n', ...withEnvironment];
  return null;
}

function run([command, ...parameters]) {
  console.log(`> ${[command, ...parameters].join(' ')}`);
  return spawnSync(command, parameters, { stdio: 'inherit' }).status === 0;
}

function fail(reason, manager) {
  const lines = [
    `Turnkeeper needs redis-server or valkey-server, and neither is on the PATH; ${reason}.`,
    manager === null
      ? 'Install Redis 7 or Valkey 8 (https://redis.io/docs/latest/operate/oss_and_stack/install/), then run the same command again.'
      : `Type this, then run the same command again:\n\n    ${whatToType(manager)}\n`,
    'Or, for the server alone, set REDIS_URL to a Redis that is already running: REDIS_URL=redis://127.0.0.1:6379 npm start',
  ];
  console.error(lines.join('\n'));
  return 1;
}

function whatToType({ needsRoot, attempts }) {
  const sudo = needsRoot ? 'sudo ' : '';
  return attempts
    .map((commands) => commands.map((command) => `${sudo}${command.join(' ')}`).join(' && '))
    .join(' || ');
}
