import { createPage } from './page.tsx';
import { focusManager } from '@tanstack/react-query';
import { cleanup } from '@testing-library/react';
import { createTurnkeeperClient } from '../../../../client-sdk/src/index.ts';
import type { TurnkeeperClientOptions } from '../../../../client-sdk/src/index.ts';
import type { travel } from '../../contract/sample-workflows.ts';
import { startFront } from '../../../support/proxy/front.ts';
import { startTestServer } from '../../../support/running-server.ts';
import { until } from '../../../support/until.ts';
import { ConductedAgent } from './conducted-agent.ts';

interface PageOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly client?: Partial<TurnkeeperClientOptions>;
}

/** A server, a proxy in front of it that can be cut, and a page connected through the proxy; use with `await using`. */
export async function openPage({ env = {}, client: clientOptions = {} }: PageOptions = {}) {
  const agent = new ConductedAgent();
  const server = await startTestServer({ agent, env });
  const front = await startFront(server.url);
  const page = createPage({ url: front.url, ...clientOptions });
  /** Another device, which bypasses the proxy: a cut of the page does not cut it. */
  const elsewhere = createTurnkeeperClient<typeof travel>({ url: server.url, retry: { attempts: 1 } });
  return {
    ...{ ...page, agent, server, front, elsewhere },
    /** Opens another page of the same user. */
    openTab: () => createPage({ url: server.url }),
    /** Runs a turn on the other device, in a conversation that it may begin. */
    say: async (conversationId: string, words = 'hello', reply = 'Where to?') => {
      const conversation = elsewhere.conversation('travel', conversationId);
      const answered = agent.asked().then((asked) => asked.answers(reply));
      const result = await conversation.turn(words, { whenBusy: 'wait' });
      await answered;
      return { conversation, result };
    },
    untilStored: (conversationId: string, turnCount: number) =>
      until(async () => {
        const { workflowState } = await elsewhere.resume(conversationId).get();
        return workflowState.turnCount === turnCount;
      }),
    [Symbol.asyncDispose]: async () => {
      cleanup();
      focusManager.setFocused(undefined);
      page[Symbol.dispose]();
      await front[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}
