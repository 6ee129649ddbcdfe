import { describe, expect, it } from 'vitest';
import { runTool } from './run-tool.ts';

describe('the terminal tools', () => {
  it('write plain text into a pipe, in CI too, where libraries take colours for granted', async () => {
    const { stdout, stderr } = await runTool('chat', { args: ['--help'], env: { CI: 'true' } });
    const demo = await runTool('demo', { env: { CI: 'true' } });
    expect(demo.stdout).toContain('100 %');
    for (const printed of [stdout, stderr, demo.stdout]) expect(printed).not.toContain('\u001b');
  });
});
