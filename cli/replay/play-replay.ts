import { randomUUID } from 'node:crypto';
import { createTurnkeeperClient, isTurnkeeperError } from '../../client-sdk/src/index.ts';
import type { TurnInput } from '../../client-sdk/src/index.ts';
import { createGuidedAgent } from '../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../server/system-clock.ts';
import { localServer } from '../support/local-server.ts';
import { compareEnd, compareTurn } from './report.ts';
import type { Difference } from './report.ts';
import type { Dialogue, ReplayFile, ReplayedAnswer } from '../support/replay-file.ts';
import type { Activity } from '../../server/answer/activity.ts';
import { AgentFailure } from '../../server/answer/agent-failure.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../server/orchestrator/ports/agent.ts';

interface Player {
  readonly url: string;
  readonly user: string;
  readonly workflowId: string;
}

/** Plays all dialogues of a file through a server of their own, and returns the differences from the file. */
export async function playReplay(
  { definition, dialogues }: ReplayFile,
  redisUrl: string,
): Promise<Difference[]> {
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
    for (const [index, turn] of dialogue.turns.entries()) {
      turnNumber = index + 1;
      const result = await conversation.turn(inputOf(turn), { opening: dialogue.opening });
      for (const difference of compareTurn(turn.expect, result)) {
        differences.push({ dialogue: dialogue.id, turn: turnNumber, ...difference });
      }
    }
    turnNumber = null;
    for (const difference of compareEnd(dialogue, await conversation.get())) {
      differences.push({ dialogue: dialogue.id, turn: null, ...difference });
    }
    // Otherwise the conversation would stay in the Redis of REDIS_URL for a day.
    await conversation.end({ outcome: 'cancelled', purge: true });
  } catch (error) {
    if (!isTurnkeeperError(error)) throw error;
    const got = `${error.reason}: ${error.message}`;
    differences.push({ dialogue: dialogue.id, turn: turnNumber, field: 'error', expected: null, got });
  }
  return differences;
}

function inputOf({ user, data, respond, undo }: Dialogue['turns'][number]): TurnInput {
  if (undo === true) return { type: 'undo' };
  if (data !== undefined) return { type: 'data', data, text: user, respond };
  return { type: 'text', text: user ?? '' };
}

/** Gives the answers of the caller's dialogue; the guided agent answers a turn that has none. */
class ReplayAgent implements Agent {
  readonly name = 'replay';
  readonly #dialogues: ReadonlyMap<string, Dialogue>;
  readonly #guided: Agent;

  /** @param dialogues dialogues by user: the agent can tell conversations apart by their user only */
  constructor(dialogues: ReadonlyMap<string, Dialogue>, guided: Agent) {
    this.#dialogues = dialogues;
    this.#guided = guided;
  }

  open(options: AgentCallOptions): Promise<string> {
    return this.#guided.open(options);
  }

  async *send(request: AgentRequest, options: AgentCallOptions): AsyncIterable<Activity> {
    const turn = this.#dialogues.get(options.identity.user)?.turns[request.briefing.turnNumber - 1];
    if (turn === undefined) throw new AgentFailure('failed', 'the dialogue has no such turn');
    if (turn.agent === undefined) yield* this.#guided.send(request, options);
    else yield activityOf(turn.agent);
  }
}

function activityOf({ text, ...structure }: ReplayedAnswer): Activity {
  return {
    type: 'message',
    ...(text === undefined ? {} : { text }),
    ...(Object.keys(structure).length === 0 ? {} : { value: structure }),
  };
}
