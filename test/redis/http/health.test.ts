import { describe, expect, it } from 'vitest';
import { startTestServer } from '../../support/running-server.ts';

describe('health', () => {
  it('/livez and /readyz answer 200 while the server and its Redis are up', async () => {
    await using server = await startTestServer();
    for (const path of ['/livez', '/readyz']) expect((await fetch(server.url + path)).status).toBe(200);
  });

  it('/readyz answers 503 while Redis is unreachable, /livez still 200', async () => {
    await using server = await startTestServer({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });

  it('any other path says where the API is', async () => {
    await using server = await startTestServer();
    const response = await fetch(`${server.url}/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('/trpc');
  });
});

describe('pages of other origins', () => {
  it('may call the API only when they are listed', async () => {
    await using server = await startTestServer({ env: { CORS_ORIGINS: 'https://chat.example.com' } });
    const allowedFor = async (origin: string) => {
      const response = await fetch(`${server.url}/trpc/workflow.definitions`, { headers: { origin } });
      return response.headers.get('access-control-allow-origin');
    };
    expect(await allowedFor('https://chat.example.com')).toBe('https://chat.example.com');
    expect(await allowedFor('https://evil.example.com')).toBeNull();
  });
});
