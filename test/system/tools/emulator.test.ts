import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { emulator } from '../../../cli/commands/emulator.ts';
import { readArguments } from '../../../cli/emulator/run-emulator.ts';
import { faults } from '../../../cli/emulator/service/faults.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { postStart, postWords, readTexts } from '../copilot-studio/plain-client.ts';
import { until } from '../../support/until.ts';
import { longestLine } from './longest-line.ts';
import { runTool, startTool } from './run-tool.ts';

describe('npm run emulator', () => {
  it('says how to start Turnkeeper against it, notes what is asked of it, and ends with 0', async () => {
    await using running = await startTool('emulator', ['--port', '0']);
    await until(() => Promise.resolve(running.printed().includes('npm run chat')));
    const url =
      /COPILOT_DIRECT_CONNECT_URL=(http:\/\/127\.0\.0\.1:\d+\/\S+) /.exec(running.printed())?.[1] ?? '';
    expect(running.printed()).toContain(
      `  AGENT_PROVIDER=copilot-studio COPILOT_DIRECT_CONNECT_URL=${url} COPILOT_ACCESS_TOKEN=anything npm start`,
    );
    expect(await readTexts(await postStart({ url }))).toEqual(['Hello, I am the emulated agent.']);
    await until(() => Promise.resolve(running.printed().includes('POST start: 200, answered\n')));
    await postStart({ url }, { headers: { authorization: '' } });
    await until(() => Promise.resolve(running.printed().includes('POST start: 401, answered\n')));
    expect(await exitCodeOn('SIGTERM', running)).toBe(0);
  });

  it('answers every message with the fault that it is given, and starts conversations all the same', async () => {
    await using running = await startTool('emulator', ['--port', '0', '--fault', 'unavailable']);
    await until(() => Promise.resolve(running.printed().includes('with the fault unavailable')));
    const url = /COPILOT_DIRECT_CONNECT_URL=(\S+)/.exec(running.printed())?.[1] ?? '';
    expect((await postStart({ url })).status).toBe(200);
    expect((await postWords({ url }, 'hello')).status).toBe(503);
    expect((await postWords({ url }, 'hello')).headers.get('retry-after')).toBe('3');
    expect(await exitCodeOn('SIGTERM', running)).toBe(0);
  });

  it.each([
    [['--fault', 'bad-luck'], 'There is no fault "bad-luck".'],
    [['--port', '99999'], '--port must be a number from 0 to 65535; it is "99999".'],
    [['--tenant', 'x'], "Unknown option '--tenant'"],
  ])('does not take %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });

  it('explains how it is used, with every fault that there is', () => {
    for (const name of Object.keys(faults)) expect(emulator.help).toMatch(new RegExp(`\\b${name}[,\n]`));
    expect(longestLine(emulator.help)).toBeLessThanOrEqual(80);
  });

  it('without a port avoids the one where bots under development listen', () => {
    const { port, fault } = readArguments([]);
    expect(fault).toBe(null);
    expect(port).not.toBe(3978);
    expect(emulator.help).toContain(`default ${port};`);
  });

  it('says which tokens can be tried with it, in its help and when it has started', async () => {
    const sentence =
      /Only a fixed token \(COPILOT_ACCESS_TOKEN\) .*client-credentials and on-behalf-of .*Entra/s;
    expect(emulator.help).toMatch(sentence);
    await using running = await startTool('emulator', ['--port', '0']);
    await until(() => Promise.resolve(running.printed().includes('help')));
    expect(running.printed()).toMatch(sentence);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends with 0 on %s', async (signal) => {
    await using running = await startTool('emulator', ['--port', '0']);
    await until(() => Promise.resolve(running.printed().includes('npm run chat')));
    expect(await exitCodeOn(signal, running)).toBe(0);
  });

  it('is gone when the npm that started it was told to stop', async () => {
    await using npm = startByNpm('--port', '0');
    await until(() => Promise.resolve(npm.printed().includes('npm run chat')));
    const url = /COPILOT_DIRECT_CONNECT_URL=(\S+)/.exec(npm.printed())?.[1] ?? '';
    expect((await postStart({ url })).status).toBe(200);
    npm.child.kill('SIGTERM');
    await until(() =>
      postStart({ url }).then(
        () => false,
        () => true,
      ),
    );
  });

  it('says which port is taken and how to name another one', async () => {
    await using emulator = await startEmulator();
    const { port } = new URL(emulator.url);
    const { stderr, exitCode } = await runTool('emulator', { args: ['--port', port] });
    expect(stderr).toBe(
      `Port ${port} of 127.0.0.1 is taken. Stop the program that listens there, or choose another port with --port N.\n`,
    );
    expect(exitCode).toBe(1);
  });
});

async function exitCodeOn(signal: NodeJS.Signals, running: Awaited<ReturnType<typeof startTool>>) {
  running.signal(signal);
  return (await running.ended).exitCode;
}

/** Starts npm in a process group of its own, so that the test can see that no process is left. */
function startByNpm(...args: readonly string[]) {
  const child = spawn('npm', ['run', 'emulator', '--', ...args], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const closed = once(child, 'close');
  return {
    child,
    printed: () => printed,
    [Symbol.asyncDispose]: async () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone, as expected.
      }
      await closed;
    },
  };
}
