import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../../../server/answer/agent-failure.ts';
import { ManualClock } from '../../../../../server/testing/manual-clock.ts';
import { deferred } from '../../../../support/deferred.ts';
import { callerNamed, patiently } from './counting-source.ts';
import { clientSecret, tokensOf } from './entra-tokens.ts';
import { refusal, sendJson, startFakeEntra } from './fake-entra.ts';
import type { FakeEntra } from './fake-entra.ts';

const dana = callerNamed('dana', 'token-of-dana');

async function failureOf(call: Promise<unknown>): Promise<AgentFailure> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AgentFailure) return error;
  throw new Error('an AgentFailure was expected', { cause: error });
}

const failsAs = async (entra: FakeEntra): Promise<AgentFailure> =>
  failureOf(tokensOf(entra).get(dana, patiently()));

describe('a refusal of Entra', () => {
  it('is reported by its codes, without a word of what was sent', async () => {
    await using entra = await startFakeEntra();
    for (const mode of ['client-credentials', 'on-behalf-of'] as const) {
      entra.willAnswer(refusal(401, 'invalid_client', { number: 7_000_215 }));
      const failure = await failureOf(tokensOf(entra, { mode }).get(dana, patiently()));
      expect(failure).toMatchObject({
        outcome: 'refused',
        message: 'Microsoft Entra ID gave no token for the agent (invalid_client, AADSTS7000215)',
        retryAfterMs: undefined,
      });
      const everything = inspect(failure, { depth: null, showHidden: true });
      expect(everything).not.toContain(clientSecret);
      expect(everything).not.toContain('token-of-dana');
    }
  });

  it('may contain anything: only codes are repeated', async () => {
    await using entra = await startFakeEntra();
    entra.willAnswer(refusal(400, `${clientSecret} is wrong`, { number: Number.MAX_SAFE_INTEGER }));
    expect((await failsAs(entra)).message).toBe(
      'Microsoft Entra ID gave no token for the agent (its answer, HTTP 400, is not one of a token endpoint)',
    );
  });

  it.each([429, 503])('with HTTP %d says when to ask again, in JSON or not', async (status) => {
    await using entra = await startFakeEntra();
    const headers = { 'retry-after': '17' };
    entra.willAnswer(refusal(status, 'temporarily_unavailable', { headers }), (response) =>
      response.writeHead(status, headers).end('<html>busy</html>'),
    );
    expect(await failsAs(entra)).toMatchObject({ outcome: 'refused', retryAfterMs: 17_000 });
    expect(await failsAs(entra)).toMatchObject({ outcome: 'refused', retryAfterMs: 17_000 });
  });

  it("is never the caller's fault where no caller signed in for it", async () => {
    await using entra = await startFakeEntra();
    entra.willAnswer(refusal(400, 'invalid_grant', { number: 700_082 }));
    expect((await failsAs(entra)).message).toContain('(invalid_grant, AADSTS700082)');
  });

  it('is asked about once: nothing is repeated on its own', async () => {
    await using entra = await startFakeEntra();
    entra.willAnswer(refusal(500, 'server_error'));
    await failsAs(entra);
    expect(entra.tokenRequests).toHaveLength(1);
  });
});

describe('a malformed answer', () => {
  it.each<[string, string]>([
    ['HTML', '<html></html>'],
    ['a text', '"token"'],
    ['null', 'null'],
    ['nothing', ''],
    ['an object without a token', '{"token_type":"Bearer","expires_in":3600}'],
    ['more than a megabyte', JSON.stringify({ access_token: 'x'.repeat(1_100_000), expires_in: 3_600 })],
  ])('(%s) is a refusal, and the next call asks again', async (_kind, body) => {
    await using entra = await startFakeEntra();
    entra.willAnswer((response) => response.writeHead(200).end(body));
    const tokens = tokensOf(entra);
    expect(await failureOf(tokens.get(dana, patiently()))).toMatchObject({
      outcome: 'refused',
      message:
        'Microsoft Entra ID gave no token for the agent (its answer, HTTP 200, is not one of a token endpoint)',
    });
    expect(await tokens.get(dana, patiently())).toBe('token-1');
  });
});

describe('a token whose life is no number', () => {
  it.each(['1e300', '{}', '"soon"'])('(%s) is used once, and not kept', async (life) => {
    await using entra = await startFakeEntra();
    entra.willAnswer((response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"token_type":"Bearer","access_token":"token-of-no-life","expires_in":${life}}`),
    );
    const tokens = tokensOf(entra);
    expect(await tokens.get(dana, patiently())).toBe('token-of-no-life');
    expect(await tokens.get(dana, patiently())).toBe('token-1');
  });
});

describe('an authority that is not there', () => {
  it('is a refusal: it hangs up, or nobody listens', async () => {
    await using entra = await startFakeEntra();
    entra.willAnswer((response) => response.destroy());
    expect((await failsAs(entra)).message).toContain('(it could not be reached)');
    const authority = 'https://127.0.0.1:1';
    const unreachable = tokensOf({ ...entra, fetch }, { authority }).get(dana, patiently());
    expect((await failureOf(unreachable)).message).toContain('(it could not be reached)');
  });

  it.each(['sends nothing', 'stops in the middle'])('or %s is waited for ten seconds', async (how) => {
    await using entra = await startFakeEntra();
    const clock = new ManualClock(Date.now());
    const asked = deferred();
    entra.willAnswer((response) => {
      if (how === 'stops in the middle') response.writeHead(200).write('{"access_token":');
      response.once('close', () => gone.resolve());
      asked.resolve();
    });
    const gone = deferred();
    const failure = failureOf(tokensOf(entra, { clock }).get(dana, patiently()));
    await asked.promise;
    clock.advance(10_000);
    expect(await failure).toMatchObject({ outcome: 'refused' });
    expect((await failure).message).toBe('the authority gave no token for the agent within 10000 ms');
    await gone.promise;
  });
});

describe('an authority that redirects', () => {
  it.each([302, 307, 308])('with HTTP %d is not followed with the secret', async (status) => {
    let strayed = 0;
    const elsewhere = createServer((_request, response) => {
      strayed += 1;
      sendJson(response, 200, { access_token: 'token-of-a-stranger', expires_in: 3_600 });
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    await using entra = await startFakeEntra();
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/token`;
    entra.willAnswer((response) => response.writeHead(status, { location }).end());
    expect(await failsAs(entra)).toMatchObject({ outcome: 'refused' });
    elsewhere.closeAllConnections();
    elsewhere.close();
    expect(strayed).toBe(0);
  });
});
