import { describe, expect, it } from 'vitest';
import { defaults, directiveOf, read, readBytes, readDurationMs } from './deployment-files.ts';

const nginx = await read('deploy/nginx/turnkeeper.conf');

describe('the configuration for nginx', () => {
  it('waits longer for an answer than a turn may take by default', () => {
    const turnMs = defaults.turnWaitMaxMs + defaults.turnTimeoutMs;
    expect(readDurationMs(directiveOf(nginx, 'proxy_read_timeout'))).toBeGreaterThan(turnMs);
  });

  it('closes an idle connection before the server does', () => {
    expect(readDurationMs(directiveOf(nginx, 'keepalive_timeout'))).toBeLessThan(defaults.keepAliveMs);
  });

  it('takes larger bodies than the server, whose own answer names the limit', () => {
    expect(readBytes(directiveOf(nginx, 'client_max_body_size'))).toBeGreaterThan(defaults.maxBodyBytes);
  });

  it('sends no call a second time that a server has received', () => {
    expect(directiveOf(nginx, 'proxy_next_upstream')).toBe('error timeout');
  });
});
