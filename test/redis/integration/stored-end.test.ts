import { describe, expect, inject, it } from 'vitest';
import { readStoredConversation } from '../../../server/domain/stored-conversation.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { text, travel, tripAtHome } from '../contract/sample-workflows.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';

describe('the stored state of a conversation that was ended while it awaited a confirmation', () => {
  it.each([
    ['cancelled', 'ended'],
    ['completed', 'completed'],
  ] as const)('(%s) awaits nothing any more', async (outcome, status) => {
    const prefix = freshPrefix();
    const key = { tenant: 'test-tenant', user: 'test-user', conversationId: 'c' };
    using raw = rawRedis(inject('redisUrl'));
    const stored = async () => {
      const json = (await raw.redis.get(new KeyBuilder(prefix).conversation(key).state)) ?? 'null';
      return readStoredConversation(key, json).state;
    };
    await using test = await createTestCaller({
      definitions: [travel],
      store: { redisUrl: inject('redisUrl'), prefix },
    });
    test.agent.willAnswer({ text: 'Book it?', action: 'confirm', data: tripAtHome });
    await test.caller.workflow.turn({ conversationId: 'c', input: text('to Bergen') });
    expect(await stored()).toMatchObject({ status: 'active', awaitsConfirmation: true, revision: 1 });
    await test.caller.workflow.end({ conversationId: 'c', outcome });
    expect(await stored()).toMatchObject({ status, outcome, awaitsConfirmation: false, revision: 2 });
  });
});
