import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { bundleForBrowser } from '../package/browser-bundle.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';

const sourceDir = fileURLToPath(new URL('../../../client-sdk/src', import.meta.url));

/** A page's program: a turn through a client with this url, reported by the client's own watch. */
const program = `
  import { createTurnkeeperClient } from './index.ts';
  globalThis.takeTurn = async (url) => {
    const conversation = createTurnkeeperClient({ url, retry: { attempts: 1 } }).conversation('travel');
    const { turnId } = await conversation.turn('To Bergen');
    const { workflowState } = await conversation.get();
    for await (const event of conversation.watch({ after: 0 }))
      if (event.type === 'turn.committed') return event.turnId === turnId && workflowState.turnCount;
  };
  globalThis.refusal = (url) => {
    try {
      createTurnkeeperClient({ url });
      return null;
    } catch (error) {
      return error.message;
    }
  };`;

it(
  'a client on a page takes a url that is relative to the page, for its watch too, and refuses one that is no address',
  inBrowser(async ({ open, keep }) => {
    const urls = ['', '/', '.', './', '//HOST', '/nested/..'];
    const agent = new ScriptedAgent(urls.map(() => ({ text: 'When?' })));
    const server = keep(await startChatServer({ agent, definitions: [travel] }));
    const { page } = await open(server.url);
    const { code } = await bundleForBrowser(sourceDir, program);
    await page.evaluate(code);
    const { host } = new URL(server.url);
    for (const url of urls) {
      const call = `takeTurn(${JSON.stringify(url.replace('HOST', host))})`;
      expect(await page.evaluate(call), url).toBe(1);
    }
    for (const url of ['localhost:3000', 'htp://127.0.0.1:1', 'data:text/plain,x'])
      expect(await page.evaluate(`refusal(${JSON.stringify(url)})`), url).toContain(
        'must begin with http://',
      );
  }),
);
