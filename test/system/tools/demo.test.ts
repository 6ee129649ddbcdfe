import { readdir } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTool } from './run-tool.ts';

describe('npm run demo', () => {
  it('plays a whole conversation to 100 percent, exits with 0, and leaves nothing behind', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'turnkeeper-demo-test-'));
    const { exitCode, stdout, stderr } = await runTool('demo', { env: { TMPDIR: temporary } });
    const left = (await readdir(temporary)).filter((name) => name.startsWith('turnkeeper-'));
    await rm(temporary, { recursive: true });

    expect(stderr).toBe('');
    expect(stdout).toContain(
      '  you: Northwind Traders Ltd\n       ✓ Legal name: Northwind Traders Ltd\nagent: ',
    );
    expect(stdout).toContain('25 %  Step 2 of 4: Contact');
    expect(stdout).toContain('60 %  Step 4 of 5: Data protection');
    expect(stdout).toContain('Vendor onboarding: completed in 14 turns, 100 %');
    expect(stdout).toContain('    Payment term (days): 45');
    expect(exitCode).toBe(0);
    expect(left).toEqual([]);
  });

  it('says what is missing and exits with 1 where no Redis can be started', async () => {
    const { exitCode, stdout, stderr } = await runTool('demo', { env: { PATH: '/nonexistent' } });
    expect(stderr).toMatch(/^The demo did not come to its end: .*redis-server/);
    expect(stderr).not.toContain('    at ');
    expect(stdout).not.toContain('agent:');
    expect(exitCode).toBe(1);
  });
});
