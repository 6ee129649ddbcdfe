import { describe, expect, it } from 'vitest';
import type {
  AccessTokens,
  TokenCaller,
} from '../../../../server/agents/copilot-studio/access-token/access-tokens.ts';
import { TurnkeeperError } from '../../../../server/domain/errors.ts';
import { refuses, says } from '../../../../cli/emulator/service/answers.ts';
import { callOptions } from '../../../../server/testing/agent-call.ts';
import { openingFailure, read, saying, startCopilotWorld } from './copilot-world.ts';

/** Returns the first token, and the next one at every renewal. */
function tokensInTurn(...tokens: readonly string[]) {
  const callers: TokenCaller[] = [];
  const renewals: { readonly refused: string; readonly caller: TokenCaller }[] = [];
  const current = (): string => tokens[Math.min(renewals.length, tokens.length - 1)] ?? '';
  const source: AccessTokens = {
    get: (caller) => {
      callers.push(caller);
      return Promise.resolve(current());
    },
    renew: (refused, caller) => {
      renewals.push({ refused, caller });
      return Promise.resolve(current());
    },
  };
  return { source, callers, renewals };
}

const identity = { tenant: 'contoso', user: 'dana' };
const caller = { identity, userToken: 'of-the-user' };

describe('A token that the service does not take any more', () => {
  it('is renewed, and the message, which the agent never heard, is sent again with the new one', async () => {
    const { source, callers, renewals } = tokensInTurn('old', 'new');
    await using world = await startCopilotWorld({ tokens: source, emulator: { acceptedTokens: ['new'] } });
    const reading = await read(world, saying('Good day'), { identity, userToken: 'of-the-user' });
    expect(reading.failure).toBeNull();
    expect(reading.activities).toHaveLength(1);
    expect(callers).toEqual([caller]);
    expect(renewals).toEqual([{ refused: 'old', caller }]);
    const posts = world.emulator.postsWith('Good day');
    expect(posts.map(({ status, isHeard }) => [status, isHeard])).toEqual([
      [401, false],
      [200, true],
    ]);
    expect(posts[0]?.rawBody).toBe(posts[1]?.rawBody);
  });

  it('is renewed for an opening too', async () => {
    const { source, renewals } = tokensInTurn('old', 'new');
    await using world = await startCopilotWorld({ tokens: source, emulator: { acceptedTokens: ['new'] } });
    expect(await world.agent.open(callOptions())).toMatch(/^[0-9a-f-]{36}$/);
    expect(renewals).toHaveLength(1);
    expect(world.emulator.posts().start).toBe(2);
  });

  it('is renewed once: a second refusal is the last word', async () => {
    const { source, renewals } = tokensInTurn('old', 'new', 'newest');
    await using world = await startCopilotWorld({ tokens: source, emulator: { acceptedTokens: ['newest'] } });
    const { failure } = await read(world, saying('Good day'));
    expect(failure).toMatchObject({ outcome: 'refused' });
    expect(renewals).toHaveLength(1);
    expect(world.emulator.posts()).toMatchObject({ message: 2, heard: 0 });
  });

  it('is not sent again where there is no other', async () => {
    const { source } = tokensInTurn('the-only-one');
    await using world = await startCopilotWorld({
      tokens: source,
      emulator: { acceptedTokens: ['another'] },
    });
    expect((await read(world, saying('Good day'))).failure).toMatchObject({ outcome: 'refused' });
    expect(await openingFailure(world)).toMatchObject({ outcome: 'refused' });
    expect(world.emulator.posts()).toMatchObject({ message: 1, start: 1 });
  });

  it('is not taken for one because of any other answer', async () => {
    const { source, renewals } = tokensInTurn('old', 'new');
    await using world = await startCopilotWorld({ tokens: source });
    world.emulator.next('message', refuses(403), refuses(500), says('So far', { ending: 'close' }));
    for (const words of ['one', 'two', 'three']) await read(world, saying(words));
    expect(renewals).toEqual([]);
    expect(world.emulator.posts().message).toBe(3);
  });
});

describe('A missing token', () => {
  it('means that nothing is sent, and keeps its reason', async () => {
    const unauthenticated = new TurnkeeperError('UNAUTHENTICATED', 'Sign in again.');
    const tokens = {
      get: () => Promise.reject(unauthenticated),
      renew: () => Promise.reject(unauthenticated),
    };
    await using world = await startCopilotWorld({ tokens });
    await expect(read(world, saying('Good day'))).rejects.toBe(unauthenticated);
    await expect(world.agent.open(callOptions())).rejects.toBe(unauthenticated);
    expect(world.emulator.posts().total).toBe(0);
  });

  it.each(['', 'two\r\nlines', 'ünknown', 'a b'])(
    'or none that a header can carry, is not quoted: %j',
    async (token) => {
      const { source } = tokensInTurn(token);
      await using world = await startCopilotWorld({ tokens: source });
      const { failure } = await read(world, saying('Good day'));
      expect(failure).toMatchObject({ outcome: 'refused' });
      expect(failure?.cause).toBeUndefined();
      if (token !== '') expect(failure?.message).not.toContain(token);
      expect(world.emulator.posts().total).toBe(0);
    },
  );
});
