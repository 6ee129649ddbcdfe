import { randomUUID } from 'node:crypto';
import { createTurnkeeperClient, isTurnkeeperError } from '../../client-sdk/src/index.ts';
import { createGuidedAgent } from '../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../server/system-clock.ts';
import { localServer } from '../support/local-server.ts';
import { compareEnd, compareTurn } from './compare.ts';
import type { Difference } from './compare.ts';
import { ReplayAgent } from './replay-agent.ts';
import type { Dialogue, Replay } from './replay-file.ts';

interface Player {
  readonly url: string;
  readonly user: string;
  readonly workflowId: string;
}

/** Plays all dialogues of a file through a whole server of their own, and tells what is not as the file has it. */
export async function playReplay({ definition, dialogues }: Replay, redisUrl: string): Promise<Difference[]> {
  const byUser = new Map(dialogues.map((dialogue, index) => [`dialogue-${index + 1}`, dialogue] as const));
  const agent = new ReplayAgent(byUser, createGuidedAgent({ clock: systemClock }));
  const redisPrefix = `replay-${randomUUID().slice(0, 18)}`;
  await using server = await localServer({ definitions: [definition], redisUrl, redisPrefix, agent });
  const differences: Difference[] = [];
  for (const [user, dialogue] of byUser) {
    const player = { url: server.url, user, workflowId: definition.id };
    differences.push(...(await playDialogue(dialogue, player)));
  }
  return differences;
}

async function playDialogue(dialogue: Dialogue, { url, user, workflowId }: Player): Promise<Difference[]> {
  const client = createTurnkeeperClient<never>({ url, headers: () => ({ 'x-dev-user': user }) });
  const conversation = client.conversation(workflowId);
  const differences: Difference[] = [];
  let turnNumber: number | null = null;
  try {
    for (const [index, { user: text, expect }] of dialogue.turns.entries()) {
      turnNumber = index + 1;
      const result = await conversation.turn(text);
      for (const difference of compareTurn(expect, result)) {
        differences.push({ dialogue: dialogue.id, turn: turnNumber, ...difference });
      }
    }
    turnNumber = null;
    for (const difference of compareEnd(dialogue, await conversation.get())) {
      differences.push({ dialogue: dialogue.id, turn: null, ...difference });
    }
    // What is left behind would stay in the Redis of REDIS_URL for a day.
    await conversation.end({ outcome: 'cancelled', purge: true });
  } catch (error) {
    if (!isTurnkeeperError(error)) throw error;
    const got = `${error.reason}: ${error.message}`;
    differences.push({ dialogue: dialogue.id, turn: turnNumber, field: 'error', expected: null, got });
  }
  return differences;
}
