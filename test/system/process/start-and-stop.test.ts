import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const turnSchema = z.object({
  messages: z.array(z.object({ text: z.string() })).min(1),
  progress: z.object({ percentComplete: z.number() }),
});

describe("a start that can't succeed ends with exit code 1, every fault and no stack", () => {
  it('for a broken environment', async () => {
    const server = await startServerProcess({
      PORT: 'eighty',
      REDIS_URL: 'redis://:hunter2@host,redis://other',
      LOG_LEVEL: 'loud',
      NODE_ENV: 'production',
    });
    const { exitCode, stderr } = await server.ended;
    expect(exitCode).toBe(1);
    for (const name of ['PORT', 'REDIS_URL', 'LOG_LEVEL', 'AUTH_MODE']) expect(stderr).toContain(name);
    expect(stderr).not.toContain('hunter2');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('for broken workflow definitions, as file: path: message', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'a.json'), '{"id": "Not An Id", "version": 0, "steps": []}');
    await writeFile(join(folder.path, 'b.json'), '{"id": ');
    const server = await startServerProcess({
      WORKFLOWS_DIR: folder.path,
      REDIS_URL: inject('redisUrl'),
    });
    const { exitCode, stderr } = await server.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('a.json: id: must be lower-case words');
    expect(stderr).toContain('a.json: version: ');
    expect(stderr).toContain('a.json: steps: must have at least one step');
    expect(stderr).toContain('b.json: ');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each(['PORT', 'METRICS_PORT'])('for a port that is taken, saying which: %s', async (name) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const server = await startServerProcess({ REDIS_URL: inject('redisUrl'), [name]: port });
    const { exitCode, stderr } = await server.ended;
    holder.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Port ${port}`);
    expect(stderr).toContain(`set ${name} to another one`);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a server process', () => {
  it('says where it listens, what it runs, who answers, where the data is, and how to talk to it', async () => {
    await using folder = await temporaryFolder();
    // The sources, as `npm start` runs them: the other tests start a bundle.
    await using server = await startServerProcess({ TURNKEEPER_DATA_DIR: folder.path }, 'server/main.ts');
    const { url, message } = await server.started();
    expect(message).toContain(url);
    for (const word of [
      'vendor-onboarding',
      'incident-intake',
      'leave-request',
      'expense-report',
      'guided',
      'npm run chat',
    ]) {
      expect(message).toContain(word);
    }
    expect(message).toMatch(/data +in .*redis/);
    expect(message).toMatch(/talk to it +(http:\S+ in a browser|in a browser, once the chat page is built)/);
  });

  it('walks a conversation, keeps it over a stop and a start, and ends with exit code 0', async () => {
    await using folder = await temporaryFolder();
    const env = { TURNKEEPER_DATA_DIR: folder.path };
    const turn = { conversationId: 'kept', workflowId: 'leave-request', input: { type: 'open' } };
    const first = await startServerProcess(env);
    const opened = await post((await first.started()).url, 'workflow.turn', turn);
    expect(turnSchema.parse(opened.data).progress.percentComplete).toBe(0);
    first.signal('SIGTERM');
    expect((await first.ended).exitCode).toBe(0);

    await using second = await startServerProcess(env);
    const found = await query((await second.started()).url, 'workflow.get', { conversationId: 'kept' });
    expect(found.data).toMatchObject({ workflowId: 'leave-request', workflowState: { turnCount: 1 } });
  });

  it('comes up without its Redis, says so, and answers 503', async () => {
    await using server = await startServerProcess({ REDIS_URL: 'redis://127.0.0.1:1' });
    const { url, message } = await server.started();
    expect(message).toContain('REDIS_URL');
    const answer = await query(url, 'workflow.get', { conversationId: 'c' });
    expect([answer.status, answer.error?.data.reason]).toEqual([503, 'STATE_STORE_UNAVAILABLE']);
  });

  it('warns of a Redis that evicts conversations, in the log and in the start message, and of no DIGEST_SECRET', async () => {
    await using redis = await startOwnRedis({ extraConfig: ['maxmemory-policy allkeys-lru'] });
    const server = await startServerProcess({ REDIS_URL: redis.url });
    await server.started();
    server.signal('SIGTERM');
    const { exitCode, stdout } = await server.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('its maxmemory-policy is allkeys-lru. Set it to noeviction.');
    expect(stdout.split('\n').filter((line) => line.includes('"event":"store.evicts"'))).toHaveLength(1);
    expect(stdout).toContain('WARNING: DIGEST_SECRET is not set.');
  });

  it('warns of neither if both are configured', async () => {
    const server = await startServerProcess({
      REDIS_URL: inject('redisUrl'),
      DIGEST_SECRET: 'a secret of 32 characters or more',
    });
    await server.started();
    server.signal('SIGTERM');
    const { stdout, stderr } = await server.ended;
    expect(stdout).not.toMatch(/WARNING|maxmemory-policy|store\.evicts/);
    expect(stderr).toBe('');
  });

  it('names unknown variables that are almost its own, never their values', async () => {
    const server = await startServerProcess({
      REDIS_URL: inject('redisUrl'),
      TURN_TIMEOUT: 'hunter2',
      LOGLEVEL: 'hunter3',
    });
    await server.started();
    server.signal('SIGTERM');
    const { exitCode, stdout, stderr } = await server.ended;
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'TURN_TIMEOUT is not a variable of this server and is ignored: did you mean TURN_TIMEOUT_MS?',
    );
    expect(stderr).toContain(
      'LOGLEVEL is not a variable of this server and is ignored: did you mean LOG_LEVEL?',
    );
    expect(stdout + stderr).not.toMatch(/hunter/);
  });
});
