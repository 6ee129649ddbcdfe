import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { loadDefinitions } from '../../../server/definitions/load-definitions.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { runNode } from '../../support/child-program.ts';

const projectDir = fileURLToPath(new URL('../../../', import.meta.url));

describe('the examples', () => {
  it('run a conversation from a script', async () => {
    await using server = await serve(createGuidedAgent({ clock: systemClock }));
    const args = ['--import', 'tsx', 'examples/internal-tool.ts', 'Acme Ltd', 'limited company'];
    const outcome = await runNode(args, { env: { TURNKEEPER_URL: server.url } });
    expect(outcome).toEqual({
      exitCode: 0,
      stdout:
        "0 % { legalName: 'Acme Ltd' }\n25 % { legalForm: 'limited company' }\nnext field: contactName\n",
      stderr: '',
    });
  });

  it('define a workflow that a server loads', async () => {
    const loaded = await loadDefinitions(`${projectDir}examples/workflows`);
    expect(loaded).toMatchObject({ ok: true, definitions: [{ id: 'parcel' }] });
  });
});
