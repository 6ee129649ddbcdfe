import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { editedFolder } from '../../support/edited-folder.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { post, readAnswer } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const definition = (version: number, field: string, more = '') => `
  import { defineWorkflow, z } from 'turnkeeper/workflows';
  export default defineWorkflow({ id: 'trip', version: ${version}, title: 'Trip ${version}', ${more}
    steps: [
      { id: 'only', title: 'Only', collects: z.object({ ${field}: z.string() }) },
      { id: 'confirm', title: 'Confirm' },
    ] });`;

const stateSchema = z.object({
  workflowState: z.object({
    definitionVersion: z.number(),
    collected: z.record(z.string(), z.json()),
  }),
});

/** A server on an edited folder, and one conversation with it. */
async function serve(text: string, agent?: HeldAgent) {
  const folder = await editedFolder({ 'trip.ts': text });
  const server = await startTestServer({
    reloaded: folder.watched,
    ...(agent === undefined ? {} : { agent }),
  });
  const conversationId = randomUUID();
  const say = async (words: string) =>
    post(server.url, 'workflow.turn', {
      conversationId,
      workflowId: 'trip',
      input: { type: 'text', text: words },
    });
  return {
    folder,
    server,
    say,
    /** Says something, and returns the version and the fields that the conversation has then. */
    stateAfter: async (words: string) => {
      const { data, error } = await say(words);
      if (error !== null) throw new Error(error.message);
      const { definitionVersion, collected } = stateSchema.parse(data).workflowState;
      return { version: definitionVersion, collected };
    },
    titles: async () =>
      z
        .array(z.object({ title: z.string() }))
        .parse((await readAnswer(await fetch(`${server.url}/trpc/workflow.definitions`))).data)
        .map(({ title }) => title),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('a saved definition', () => {
  it('takes effect for the next turn, while the running one ends on the definition it began with', async () => {
    const agent = new HeldAgent();
    await using served = await serve(definition(1, 'place'), agent);
    const running = served.stateAfter('hello');
    const question = await agent.question();
    await served.folder.save('trip.ts', definition(2, 'place'));
    expect(await served.titles()).toEqual(['Trip 2']);
    question.answer();
    expect(await running).toMatchObject({ version: 1 });
    const next = served.stateAfter('and now?');
    const { request, answer } = await agent.question();
    expect(request.briefing.workflow.title).toBe('Trip 2');
    answer();
    expect(await next).toMatchObject({ version: 2 });
  });

  it('migrates an open conversation by its migrate', async () => {
    await using served = await serve(definition(1, 'place'));
    served.server.agent.willAnswer({ text: 'Lisbon.', data: { place: 'Lisbon' } }, { text: 'Lisbon it is.' });
    expect(await served.stateAfter('to Lisbon')).toEqual({ version: 1, collected: { place: 'Lisbon' } });
    const migrate = 'migrate: ({ collected: { place, ...rest } }) => ({ ...rest, city: place }),';
    await served.folder.save('trip.ts', definition(2, 'city', migrate));
    expect(await served.stateAfter('no')).toEqual({ version: 2, collected: { city: 'Lisbon' } });
  });

  it('refuses a conversation that does not fit it, and takes it up again once it does', async () => {
    await using served = await serve(definition(1, 'place'));
    served.server.agent.willAnswer({ text: 'Lisbon.', data: { place: 'Lisbon' } }, { text: 'Lisbon it is.' });
    await served.say('to Lisbon');
    await served.folder.save('trip.ts', definition(2, 'city'));
    expect((await served.say('no')).error?.data.reason).toBe('DEFINITION_CHANGED');
    await served.folder.save('trip.ts', definition(1, 'place'));
    expect(await served.stateAfter('no')).toEqual({ version: 1, collected: { place: 'Lisbon' } });
  });

  it('of a removed file is known no longer', async () => {
    await using served = await serve(definition(1, 'place'));
    served.server.agent.willAnswer({ text: 'Where to?' });
    await served.say('hello');
    await served.folder.save('other.ts', definition(1, 'place').replaceAll('trip', 'other'));
    await served.folder.remove('trip.ts');
    expect(await served.titles()).toEqual(['Trip 1']);
    expect((await served.say('to Lisbon')).error?.data.reason).toBe('UNKNOWN_WORKFLOW');
  });
});

/** Reads the news that a server streams, one by one. */
async function* newsOf(url: string): AsyncGenerator {
  const { body, headers } = await fetch(`${url}/dev/definitions`);
  expect(headers.get('content-type')).toBe('text/event-stream');
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) yield JSON.parse(event.replace(/^data: /, ''));
  }
}

describe('the news of definitions', () => {
  it('stream the faults and their end, until the server stops', async () => {
    await using served = await serve(definition(1, 'place'));
    const news = newsOf(served.server.url);
    expect((await news.next()).value).toEqual({ faults: [] });
    await served.folder.save('trip.ts', definition(0, 'place'));
    expect((await news.next()).value).toEqual({ faults: [expect.stringContaining('trip.ts: version')] });
    expect(await served.titles()).toEqual(['Trip 1']);
    await served.folder.save('trip.ts', definition(3, 'place'));
    expect((await news.next()).value).toEqual({ faults: [] });
    const end = news.next();
    await served.server.stop();
    expect(await end).toEqual({ done: true, value: undefined });
  });

  it('are told to the page of a server that reloads, and exist on no other', async () => {
    await using served = await serve(definition(1, 'place'));
    await using other = await startTestServer();
    const pageOf = async (url: string) => (await fetch(url)).text();
    expect(await pageOf(served.server.url)).toContain('data-definition-news="dev/definitions"');
    expect(await pageOf(other.url)).not.toContain('definition-news');
    expect((await fetch(`${other.url}/dev/definitions`)).status).toBe(404);
  });
});
