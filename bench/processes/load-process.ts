/** A process that puts servers under load over HTTP: requests and server do not share a process. */
import { z } from 'zod';
import { drive, loadSchema } from '../measure/drive.ts';
import { answerCommands, readSpec } from './answer-commands.ts';
import { HttpConnection } from './http-connection.ts';
import { loadSpecSchema, watchSchema } from './load-spec.ts';
import { callTurn } from './turn-calls.ts';
import { Watchers } from './watchers.ts';

const { urls, users } = readSpec(loadSpecSchema);
const [firstUrl] = urls;
const played = new Map<number, number>();
/** Connections by server that no client uses right now. */
const idle = new Map<string, HttpConnection[]>();
let watchers: Watchers | null = null;

/** Plays the next turn of a conversation; conversations go round the servers. */
async function playTurn(conversation: number): Promise<void> {
  const url = urls[conversation % urls.length] ?? firstUrl;
  const turn = (played.get(conversation) ?? 0) + 1;
  played.set(conversation, turn);
  const connection = idle.get(url)?.pop() ?? (await HttpConnection.open(url));
  await callTurn(connection, { url, users, conversation, turn });
  const others = idle.get(url);
  if (others === undefined) idle.set(url, [connection]);
  else others.push(connection);
}

/** Servers close connections that are idle between two rounds, so each run opens its own. */
function closeIdle(): void {
  for (const connections of idle.values()) for (const connection of connections) connection.close();
  idle.clear();
}

answerCommands({
  prepare: async (input) => {
    const { conversations } = z.object({ conversations: z.int() }).parse(input);
    for (let conversation = 0; conversation < conversations; conversation += 1) await playTurn(conversation);
    closeIdle();
  },
  run: (input) => drive(playTurn, loadSchema.parse(input)).finally(closeIdle),
  watch: async (input) => {
    watchers = await Watchers.open(firstUrl, users, watchSchema.parse(input));
  },
  unwatch: () => {
    watchers?.close();
    watchers = null;
    return Promise.resolve();
  },
  /** One turn of conversation 0, seen by its watchers. */
  fanOut: async () => {
    if (watchers === null) throw new Error('Nobody watches.');
    const seen = watchers.nextTurn();
    const began = performance.now();
    await playTurn(0);
    const answeredMs = performance.now() - began;
    closeIdle();
    return { answeredMs, seenMs: (await seen).map((at) => at - began) };
  },
});
