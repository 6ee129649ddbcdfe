import { describe, expect, it } from 'vitest';
import { AgentFailure, createTestCaller } from '../../../server/testing/index.ts';
import { contractBlock, finalMessage, pieces, wholes } from '../../unit/answer/live/sample-pieces.ts';
import { failureOf } from '../../support/failure-of.ts';
import { survey, text } from './sample-workflows.ts';

const open = () => createTestCaller({ definitions: [survey] });
const chunks = [
  'Noted.\n\n',
  '```json\n',
  '{"action":"ask","data":{"city":"Berlin"}}\n',
  '```\n',
  'What',
  ' next?',
];

/** Returns the text that a client shows after applying the events. */
function wordsOf(shown: Awaited<ReturnType<typeof open>>['shown']): string {
  return shown.reduce((words, { event }) => {
    return event.type === 'message.delta' ? words.slice(0, event.offset) + event.text : words;
  }, '');
}

describe('a partial answer', () => {
  it.each([
    ['only what is new', pieces(chunks, { chunkType: 'delta' })],
    ['all of it each time', pieces(wholes(chunks))],
  ])('is shown without its structure, and ends as the committed text: %s', async (_how, streamed) => {
    await using test = await open();
    test.agent.willAnswer([...streamed, finalMessage(chunks.join(''))]);
    const { messages } = await test.caller.workflow.turn({
      ...{ conversationId: 'c', turnId: 'turn-1' },
      input: text('hello'),
    });
    expect(messages.map((message) => message.text)).toEqual([wordsOf(test.shown)]);
    expect(JSON.stringify(test.shown)).not.toContain('Berlin');
    expect(contractBlock).toContain('Berlin');
    const turn = { turnId: 'turn-1', turnNumber: 1, key: { conversationId: 'c', user: 'test-user' } };
    for (const shown of test.shown) expect(shown).toMatchObject(turn);
  });

  it('is discarded when the agent fails after it: nothing of the turn is stored', async () => {
    await using test = await open();
    test.agent.willAnswer(async function* () {
      yield* await Promise.resolve(pieces(['Where', ' to']));
      throw new AgentFailure('ambiguous', 'the stream broke off');
    });
    const turn = test.caller.workflow.turn({ conversationId: 'c', input: text('hello') });
    expect(await failureOf(turn)).toMatchObject({ error: { reason: 'AGENT_FAILED' } });
    expect(wordsOf(test.shown)).toBe('Where to');
    const got = test.caller.workflow.get({ conversationId: 'c' });
    expect(await failureOf(got)).toMatchObject({ error: { reason: 'WORKFLOW_NOT_FOUND' } });
  });

  it('is stored as far as it came if the agent ends without finishing it', async () => {
    await using test = await open();
    test.agent.willAnswer(pieces(['Where', ' to?']));
    const { messages, turn } = await test.caller.workflow.turn({ conversationId: 'c', input: text('hello') });
    expect(messages).toMatchObject([{ kind: 'text', text: 'Where to?' }]);
    expect(turn.parseIssues).toHaveLength(1);
  });
});
