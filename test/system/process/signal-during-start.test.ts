import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startServerProcess } from '../../support/server-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const noteSchema = z.object({ redisPid: z.number() });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a signal while the server still starts', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends its redis-server too', async (signal) => {
    await using folder = await temporaryFolder();
    const server = await startServerProcess({ TURNKEEPER_DATA_DIR: folder.path });
    const { redisPid } = await vi.waitFor(
      async () => noteSchema.parse(JSON.parse(await readFile(join(folder.path, 'redis.json'), 'utf8'))),
      { timeout: 15_000, interval: 5 },
    );
    server.signal(signal);
    await server.ended;
    await vi.waitFor(() => expect(isAlive(redisPid)).toBe(false), { timeout: 10_000 });
  });
});
