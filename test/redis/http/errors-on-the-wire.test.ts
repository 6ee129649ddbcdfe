import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../server/testing/index.ts';
import { faultDetail, faulty, faultyAnswer } from '../contract/sample-workflows.ts';
import { post, query, readAnswer } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const turn = { conversationId: 'c', workflowId: 'travel', input: { type: 'text', text: 'hello' } };

describe('an error on the wire', () => {
  it('carries its reason, whether to retry, when, and what is wrong', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer(new AgentFailure('refused', 'throttled', { retryAfterMs: 2_000 }));
    const failed = await post(server.url, 'workflow.turn', turn);
    expect(failed.status).toBe(502);
    expect(failed.error?.data).toMatchObject({
      code: 'BAD_GATEWAY',
      httpStatus: 502,
      reason: 'AGENT_FAILED',
      retryable: true,
      retryAfterMs: 2_000,
    });
    const refused = await post(server.url, 'workflow.turn', {
      ...turn,
      conversationId: 'no spaces',
      input: {},
    });
    expect(refused.status).toBe(400);
    expect(refused.error?.data).toMatchObject({ reason: 'INVALID_INPUT', retryable: false });
    expect(refused.error?.data.issues?.map(({ path }) => path)).toEqual(['conversationId', 'input.type']);
  });

  it.each([
    ['a body that is not JSON', { body: '{"json":', type: 'application/json' }],
    ['no body', { body: '', type: 'application/json' }],
  ])('is INVALID_INPUT for %s', async (_case, { body, type }) => {
    await using server = await startTestServer();
    const answer = await readAnswer(
      await fetch(`${server.url}/trpc/workflow.turn`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      }),
    );
    expect(answer.status).toBe(400);
    expect(answer.error?.data).toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'INVALID_INPUT',
      retryable: false,
    });
  });

  it('is INVALID_INPUT for a procedure that does not exist, or is called by the wrong method', async () => {
    await using server = await startTestServer();
    const unknown = await post(server.url, 'workflow.nope', {});
    expect([unknown.status, unknown.error?.data.reason]).toEqual([400, 'INVALID_INPUT']);
    expect(unknown.error?.message).toContain('no such procedure');
    const wrongMethod = await query(server.url, 'workflow.turn', turn);
    expect([wrongMethod.status, wrongMethod.error?.data.reason]).toEqual([400, 'INVALID_INPUT']);
  });

  it('is 413 PAYLOAD_TOO_LARGE for a body over the limit, told or not told beforehand', async () => {
    await using server = await startTestServer({ env: { MAX_BODY_BYTES: '2048' } });
    const large = { ...turn, input: { type: 'text', text: 'x'.repeat(5_000) } };
    const told = await post(server.url, 'workflow.turn', large);
    expect([told.status, told.error?.data.reason]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(JSON.stringify({ json: large })));
        controller.close();
      },
    });
    const untold = await readAnswer(
      await fetch(`${server.url}/trpc/workflow.turn`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: chunks,
        duplex: 'half',
      }),
    );
    expect([untold.status, untold.error?.data.reason]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('is INVALID_INPUT for a batch of more than ten calls, none of which is run', async () => {
    await using server = await startTestServer();
    const batchOf = async (size: number) => {
      const paths = new Array<string>(size).fill('workflow.turn').join(',');
      const calls = Array.from({ length: size }, (_, index) => ({
        json: { ...turn, conversationId: `c-${index}` },
      }));
      server.agent.willAnswer(...calls.map(() => ({ text: 'Hello' })));
      return fetch(`${server.url}/trpc/${paths}?batch=1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(Object.fromEntries(calls.entries())),
      });
    };
    const refused = await readAnswer(await batchOf(11));
    expect([refused.status, refused.error?.data.reason]).toEqual([400, 'INVALID_INPUT']);
    expect(server.agent.requests).toEqual([]);
    expect((await batchOf(10)).status).toBe(200);
    expect(server.agent.requests).toHaveLength(10);
  });

  it('is UNAUTHENTICATED for an invalid identity', async () => {
    await using server = await startTestServer();
    const answer = await post(server.url, 'workflow.turn', turn, { 'x-dev-user': 'u'.repeat(129) });
    expect([answer.status, answer.error?.data.reason]).toEqual([401, 'UNAUTHENTICATED']);
    expect(answer.error?.message).toContain('x-dev-user');
  });
});

describe('an unexpected error', () => {
  const faultyTurn = { ...turn, workflowId: 'faulty' };

  it('is opaque to the caller, and in the log under the id that the caller is given', async () => {
    await using server = await startTestServer({ definitions: [faulty], env: { NODE_ENV: 'test' } });
    server.agent.willAnswer(faultyAnswer);
    const answer = await post(server.url, 'workflow.turn', faultyTurn);
    expect(answer.status).toBe(500);
    expect(answer.error?.data).toMatchObject({ reason: 'INTERNAL', retryable: false });
    expect(JSON.stringify(answer.error)).not.toContain('secret');
    expect(JSON.stringify(answer.error)).not.toContain('.ts:');
    const { errorId = 'none' } = answer.error?.data ?? {};
    const logged = server.logLines.find((line) => line.includes(errorId));
    // The log has where it was thrown. What it says may quote a user.
    expect(logged).toMatch(/sample-workflows\.ts:\d+/);
    expect(logged).not.toContain(faultDetail);
  });

  it('shows its stack and cause only where SHOW_ERROR_CAUSES says so', async () => {
    const shownWith = async (env: Readonly<Record<string, string>>) => {
      await using server = await startTestServer({ definitions: [faulty], env });
      server.agent.willAnswer(faultyAnswer);
      const answer = await post(server.url, 'workflow.turn', faultyTurn);
      return answer.error?.data['cause'];
    };
    expect(await shownWith({ NODE_ENV: 'development' })).toBeUndefined();
    expect(await shownWith({ NODE_ENV: 'development', SHOW_ERROR_CAUSES: 'true' })).toContain(faultDetail);
  });
});
