import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { TurnkeeperError } from '../../../server/domain/errors.ts';
import { AgentFailure, ScriptedAgent, createTestCaller } from '../../../server/testing/index.ts';
import type { AgentCallOptions } from '../../../server/testing/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { dumpUnder, rawRedis } from '../../support/raw-redis.ts';
import { survey, text } from './sample-workflows.ts';

const turn = { conversationId: 'c', input: text('hello') };
const accessToken = 'eyJ.the-token-of-dana';
const dana = { tenant: 'contoso', user: 'dana' };

/** Records the users on whose behalf it was called. */
class DelegatedAgent extends ScriptedAgent {
  readonly tokens: (string | null)[] = [];

  override open(options?: AgentCallOptions): Promise<string> {
    this.tokens.push(options?.userToken ?? null);
    return super.open();
  }

  override async *send(...[request, options]: Parameters<ScriptedAgent['send']>) {
    this.tokens.push(options.userToken);
    yield* super.send(request, options);
  }
}

async function openDelegated(prefix = `t-${randomUUID()}`) {
  const agent = new DelegatedAgent();
  const store = { redisUrl: inject('redisUrl'), prefix };
  return createTestCaller({ definitions: [survey], agent, store, identity: dana, accessToken });
}

describe("the caller's own access token", () => {
  it("is given to the agent with every call, and no caller gets another's", async () => {
    await using test = await openDelegated();
    test.agent.willAnswer({ text: 'One' }, { text: 'Two' }, { text: 'Three' });
    await test.caller.workflow.turn(turn);
    expect(test.agent.tokens).toEqual([accessToken, accessToken]);
    await test.as({ tenant: 'contoso', user: 'eve' }, 'eyJ.the-token-of-eve').workflow.turn(turn);
    expect(test.agent.tokens.slice(2)).toEqual(['eyJ.the-token-of-eve', 'eyJ.the-token-of-eve']);
    await test.as(dana, null).workflow.turn(turn);
    expect(test.agent.tokens.slice(4)).toEqual([null]);
  });

  it('appears nowhere else: not in stored data, answers, logs or errors', async () => {
    const prefix = `t-${randomUUID()}`;
    await using test = await openDelegated(prefix);
    test.agent.willAnswer(
      { text: 'One' },
      new AgentFailure('failed', 'broke'),
      new Error('a bug of the agent'),
    );
    const answered = await test.caller.workflow.turn(turn);
    const failures = [
      await failureOf(test.caller.workflow.turn(turn)),
      await failureOf(test.caller.workflow.turn(turn)),
    ];
    using raw = rawRedis(inject('redisUrl'));
    const stored = await dumpUnder(raw.redis, prefix);
    expect(Object.keys(stored)).not.toEqual([]);
    const everything = inspect([answered, failures, test.events, test.shown, stored, test.agent.requests], {
      depth: null,
      maxArrayLength: null,
      maxStringLength: null,
      showHidden: true,
    });
    expect(everything).toContain('One');
    expect(everything).not.toContain(accessToken);
  });

  it('that the agent lacks is requested from the caller: the agent goes on in its conversation', async () => {
    await using test = await openDelegated();
    const missing = new TurnkeeperError('UNAUTHENTICATED', 'Send your access token.', {
      cause: new AgentFailure('refused', 'no token'),
    });
    test.agent.willAnswer({ text: 'One' }, missing, { text: 'Two' });
    await test.caller.workflow.turn(turn);
    const { code, error } = await failureOf(test.caller.workflow.turn(turn));
    expect(code).toBe('UNAUTHORIZED');
    expect(error).toMatchObject({ reason: 'UNAUTHENTICATED', message: 'Send your access token.' });
    await test.caller.workflow.turn(turn);
    const conversations = test.agent.requests.map(({ agentConversationId }) => agentConversationId);
    expect(conversations).toEqual(['scripted-1', 'scripted-1', 'scripted-1']);
  });
});
