/** A process with one server of ours, in which many clients want one conversation. */
import { Redis } from 'ioredis';
import { openOurServer } from '../world/our-server.ts';
import { createBenchAgent } from '../world/bench-agent.ts';
import { identityOf, turnRequest } from '../world/workload.ts';
import { answerCommands, readSpec } from './answer-commands.ts';
import { contentionSpecSchema, handOverSchema, holdSchema } from './contention-spec.ts';

const { redisUrl } = readSpec(contentionSpecSchema);

/** Told whenever the agent is asked, which is after the lease was handed over. */
let onAsked: () => Promise<void> = () => Promise.resolve();
const server = await openOurServer({
  redisUrl,
  redisPrefix: 'contention',
  env: { MAX_TURNS_WAITING_PER_CONVERSATION: '1000', TURN_WAIT_MAX_MS: '600000' },
  agent: createBenchAgent({ onAsked: () => onAsked() }),
});
const { workflow } = server.callerOf(identityOf(0, 1));
const redis = new Redis(redisUrl);
let played = 0;

async function playTurn(): Promise<void> {
  played += 1;
  await workflow.turn({ ...turnRequest(0, played), whenBusy: 'wait' });
}

await playTurn();

/** Waits for turns that were begun while another holds the conversation. */
let held: { readonly letGo: () => void; readonly turns: Promise<unknown> } | null = null;

answerCommands({
  /** Times of single commands, one after the other. */
  roundTrips: async () => {
    const times: number[] = [];
    for (let count = 0; count < 200; count += 1) {
      const began = performance.now();
      await redis.ping();
      times.push(performance.now() - began);
    }
    return times;
  },
  /** Times from a turn's end to the moment at which the next one asks its agent. */
  handOvers: async (input) => {
    const { clients, ms } = handOverSchema.parse(input);
    const times: number[] = [];
    let freedAt: number | null = null;
    onAsked = () => {
      if (freedAt !== null) times.push(performance.now() - freedAt);
      freedAt = null;
      return Promise.resolve();
    };
    const until = performance.now() + ms;
    const client = async (): Promise<void> => {
      while (performance.now() < until) {
        await playTurn();
        freedAt = performance.now();
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return times;
  },
  /** Begins turns of which one runs until `letGo`, and the others wait. */
  hold: async (input) => {
    const { waiters } = holdSchema.parse(input);
    let letGo: () => void = () => undefined;
    const holding = new Promise<void>((resolve) => (letGo = resolve));
    let first: Promise<void> = Promise.resolve();
    await new Promise<void>((resolve) => {
      onAsked = () => {
        resolve();
        return holding;
      };
      first = playTurn();
    });
    const others = Array.from({ length: waiters }, playTurn);
    held = { letGo, turns: Promise.all([first, ...others]) };
  },
  letGo: async () => {
    held?.letGo();
    await held?.turns;
  },
});
