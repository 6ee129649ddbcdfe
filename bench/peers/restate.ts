import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { startChild } from '../processes/child.ts';
import type { Child } from '../processes/child.ts';

const startTimeoutMs = 60_000;
const looksEveryMs = 100;

/** Starts Restate's server with its files in a temporary folder, the service, and the load. */
export async function startRestate(): Promise<{ readonly load: Child } & AsyncDisposable> {
  const [ingress, admin, node] = [await freePort(), await freePort(), await freePort()];
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-bench-restate-'));
  const server = spawn(serverBinary(), ['--base-dir', dir, '--node-name', 'bench', '--no-logo'], {
    cwd: dir,
    env: {
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_DISABLE_TELEMETRY: 'true',
      // It looks for a newer release of itself.
      RESTATE_LOG_FILTER: 'error,octocrab=off',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children) await child[Symbol.asyncDispose]();
    process.off('exit', kill);
    const ended = server.exitCode === null ? once(server, 'close') : Promise.resolve();
    kill();
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  process.env['RESTATE_LOGGING'] ??= 'ERROR';
  try {
    const service = await startChild(new URL('restate-service-process.ts', import.meta.url), {});
    children.push(service);
    await register(`http://127.0.0.1:${admin}`, await service.call('url', null, z.string()));
    const load = await startChild(new URL('restate-load-process.ts', import.meta.url), {
      url: `http://127.0.0.1:${ingress}`,
    });
    children.push(load);
    return { load, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The binary is in a package of its own for each system. */
function serverBinary(): string {
  const own = createRequire(
    createRequire(import.meta.url).resolve('@restatedev/restate-server/package.json'),
  );
  const manifest = own.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/package.json`);
  return join(manifest, '..', 'bin', 'restate-server');
}

/** Tells Restate where the service is, as soon as Restate is there. */
async function register(admin: string, uri: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const outcome = await fetch(`${admin}/deployments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri }),
    }).then(
      async (answer) => (answer.ok ? null : `${answer.status} ${await answer.text()}`),
      (error: unknown) => String(error),
    );
    if (outcome === null) return;
    if (performance.now() > deadline) throw new Error(`Restate does not take the service: ${outcome}`);
    await setTimeout(looksEveryMs);
  }
}
