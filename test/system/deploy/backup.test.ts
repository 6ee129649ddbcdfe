import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createTurnkeeper } from '../../../server/library/index.ts';
import { survey } from '../../redis/contract/sample-workflows.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { blockAfter, readPage } from '../docs/page.ts';

const run = promisify(execFile);
const page = await readPage('deploy.md');

/** Runs the page's commands, with the test's folders in place of the page's. */
async function follow(comment: string, folders: { readonly data: string; readonly backup: string }) {
  const commands = blockAfter(page, comment);
  const line = 'data=.data backup=backup';
  expect(commands).toContain(line);
  const own = commands.replace(line, `data='${folders.data}' backup='${folders.backup}'`);
  await run('sh', ['-eu', '-c', own]);
}

const startOn = (dataDir: string) => createTurnkeeper({ workflows: [survey], dataDir });
const ada = { tenant: 'acme', user: 'ada' };

it('the data of a running server is copied and restored by the commands of docs/deploy.md, and the conversation goes on', async () => {
  await using folder = await temporaryFolder();
  const [data, backup, restored] = ['data', 'backup', 'restored'].map((name) => join(folder.path, name));
  if (data === undefined || backup === undefined || restored === undefined) throw new Error('three folders');
  const conversationId = randomUUID();
  const turn = (number: number) => ({
    ...{ conversationId, workflowId: 'survey' as const, turnId: `turn-${number}` },
    input: { type: 'text' as const, text: `message ${number}` },
  });

  const first = await startOn(data);
  const { workflow } = first.caller(ada);
  await workflow.turn(turn(1));
  let taken = 1;
  const copied = new AbortController();
  await Promise.all([
    follow('back up', { data, backup }).finally(() => copied.abort()),
    // The copy is of a Redis that is written to.
    (async () => {
      while (!copied.signal.aborted) {
        await workflow.turn(turn(taken + 1));
        taken += 1;
      }
    })(),
  ]);
  await first.close();

  await follow('restore', { data: restored, backup });
  const second = await startOn(restored);
  const again = second.caller(ada).workflow;
  const { turnCount } = (await again.get({ conversationId })).workflowState;
  expect(turnCount).toBeGreaterThanOrEqual(1);
  expect(turnCount).toBeLessThanOrEqual(taken);
  // With the secret of the digests a repeated turn is recognized.
  expect(await again.turn(turn(1))).toMatchObject({ replayed: true, turn: { number: 1 } });
  const next = await again.turn(turn(turnCount + 1));
  expect(next).toMatchObject({ replayed: false, turn: { number: turnCount + 1 } });
  await second.close();
});
