// Runs before every script that starts a program of the machine. `node tools/ensure-programs.mjs redis nginx` finds
// each program, or installs it with the machine's package manager, or prints the command to type. This script uses no
// package.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Debian's packages start the services that they bring: nginx on port 80, Redis on 6379. The last two keep them from it:
 * RUNLEVEL under System V's init (invoke-rc.d), SYSTEMD_OFFLINE under systemd, whose systemctl then starts nothing
 * (https://systemd.io/ENVIRONMENT/).
 */
const noninteractive = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'SYSTEMD_OFFLINE=1'];

/** Package managers, in order of preference. */
const managers = [
  { name: 'apt-get', needsRoot: true, environment: noninteractive },
  { name: 'dnf', needsRoot: true, environment: [] },
  { name: 'apk', needsRoot: true, environment: [] },
  { name: 'brew', needsRoot: false, environment: [] },
];

const apt = (...packages) => [
  ['apt-get', 'update'],
  ['apt-get', 'install', '-y', '--no-install-recommends', ...packages],
];

/**
 * `executables` are names on the PATH, or absolute paths. `attempts` has lists of commands by package manager; the last
 * command of a list installs the program. A second list runs if the first fails.
 */
const programs = {
  redis: {
    what: 'redis-server or valkey-server',
    executables: ['redis-server', 'valkey-server'],
    isNeeded: () => {
      // The server uses the Redis of REDIS_URL. Tests and the demo need a binary: they start and stop Redis themselves.
      const isForStart = process.env.npm_lifecycle_event === 'prestart';
      return !(isForStart && process.env.REDIS_URL);
    },
    attempts: {
      'apt-get': [apt('redis-server')],
      dnf: [[['dnf', 'install', '-y', 'redis']], [['dnf', 'install', '-y', 'valkey']]],
      apk: [[['apk', 'add', 'redis']]],
      brew: [[['brew', 'install', 'redis']]],
    },
    byHand:
      'Install Redis 7 or Valkey 8 (https://redis.io/docs/latest/operate/oss_and_stack/install/), ' +
      'then run the same command again.',
    without:
      'Or, for the server alone, set REDIS_URL to a Redis that is already running: ' +
      'REDIS_URL=redis://127.0.0.1:6379 npm start',
    isVital: true,
  },
  chromium: {
    what: 'Chromium or Chrome',
    // The headless shell has no windows to draw, so a run of the tests takes half of the CPU time.
    executables: [
      'chromium-headless-shell',
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    isNeeded: () => true,
    attempts: {
      'apt-get': [apt('chromium-headless-shell', 'fonts-liberation'), apt('chromium', 'fonts-liberation')],
      dnf: [[['dnf', 'install', '-y', 'chromium']]],
      apk: [[['apk', 'add', 'chromium', 'font-liberation']]],
      brew: [[['brew', 'install', '--cask', 'google-chrome']]],
    },
    byHand: 'Install Chromium or Chrome, then run the same command again.',
    without: 'Without it the tests in test/system/browser fail, and all others run.',
    // Only the tests in the browser need it, and they fail with a message.
    isVital: false,
  },
  nginx: {
    what: 'nginx',
    // Debian has it in a folder that is on the PATH of root only.
    executables: ['nginx', '/usr/sbin/nginx'],
    isNeeded: () => true,
    attempts: {
      'apt-get': [apt('nginx')],
      dnf: [[['dnf', 'install', '-y', 'nginx']]],
      apk: [[['apk', 'add', 'nginx']]],
      brew: [[['brew', 'install', 'nginx']]],
    },
    byHand: 'Install nginx, then run the same command again.',
    without: 'Without it the tests in test/system/deploy fail, and all others run.',
    // Only the tests of the files in deploy/ need it, and they fail with a message.
    isVital: false,
  },
};

process.exitCode = main(process.argv.slice(2));

function main(names) {
  const unknown = names.filter((name) => !Object.hasOwn(programs, name));
  if (names.length === 0 || unknown.length > 0) {
    console.error(`Which programs? Any of: ${Object.keys(programs).join(', ')}.`);
    return 1;
  }
  const isThere = names.map((name) => ensure(programs[name]) || !programs[name].isVital);
  return isThere.every(Boolean) ? 0 : 1;
}

function ensure(program) {
  const { what } = program;
  if (isInstalled(program) || !program.isNeeded()) return true;
  const manager = managers.find(({ name }) => isExecutable(name));
  if (manager === undefined) {
    return fail(
      program,
      null,
      `no package manager known to this script is on the PATH (${namesOfManagers()})`,
    );
  }
  if (process.env.TURNKEEPER_NO_INSTALL === '1') {
    return fail(program, manager, 'TURNKEEPER_NO_INSTALL=1 forbids installing it');
  }
  const prefix = manager.needsRoot ? rootPrefix(manager.environment) : [];
  if (prefix === null) {
    return fail(
      program,
      manager,
      `${manager.name} needs root, and neither is this root nor does "sudo -n" work`,
    );
  }
  console.log(`There is no ${what} on the PATH: installing it with ${manager.name}.`);
  const didInstall = program.attempts[manager.name].some((commands) =>
    commands.every((command) => run([...prefix, ...command])),
  );
  if (!didInstall)
    return fail(program, manager, `${manager.name} could not install it (its own message is above)`);
  if (!isInstalled(program))
    return fail(program, manager, `${manager.name} succeeded, but it is still not on the PATH`);
  return true;
}

function isInstalled({ executables }) {
  return executables.some(isExecutable);
}

function isExecutable(name) {
  if (isAbsolute(name)) return canRun(name);
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && canRun(join(folder, name)));
}

function canRun(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the prefix that runs a command as root in an environment; null if this user can't become root. */
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

function fail(program, manager, reason) {
  const lines = [
    `Turnkeeper needs ${program.what}, which is not on the PATH; ${reason}.`,
    manager === null
      ? program.byHand
      : `Type this, then run the same command again:\n\n    ${whatToType(program, manager)}\n`,
    program.without,
  ];
  console.error(lines.join('\n'));
  return false;
}

function whatToType({ attempts }, { name, needsRoot }) {
  const sudo = needsRoot ? 'sudo ' : '';
  const lists = attempts[name].map((commands) =>
    commands.map((command) => `${sudo}${command.join(' ')}`).join(' && '),
  );
  // Without parentheses, the last command of a second list would run after the first list's success, too.
  return lists.map((list) => (lists.length > 1 && list.includes('&&') ? `(${list})` : list)).join(' || ');
}

function namesOfManagers() {
  return managers.map(({ name }) => name).join(', ');
}
