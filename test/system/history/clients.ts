import type { ConversationKey } from '../../../server/domain/identity.ts';
import { identities, secretOf } from './actors.ts';
import type { Outcome, Request, WhenBusy } from './history.ts';
import { ledgerFields } from './ledger-workflow.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';

interface ClientOptions {
  readonly recorder: Recorder;
  readonly random: Random;
  readonly client: number;
  readonly servers: number;
  /** Returns true once the client is to begin no further call. */
  readonly isOver: () => boolean;
}

type TurnRequest = Extract<Request, { op: 'turn' }>;

const mostAttempts = 8;
const rememberedTurns = 30;

/** Plays one client: turns, reads and ends, retries of failed calls, and repeats of successful ones. */
export async function playClient(options: ClientOptions): Promise<void> {
  const { random, client, isOver } = options;
  const identity = identities[client % identities.length];
  if (identity === undefined) throw new Error('there is nobody to be');
  const sent: { key: ConversationKey; request: TurnRequest }[] = [];
  for (let count = 0; !isOver(); count += 1) {
    const step = random.fork(`${count}`);
    const key = { ...identity, conversationId: pickConversation(step) };
    const repeated = sent.at(-step.int(1, rememberedTurns));
    switch (step.weighted({ turn: 76, repeat: 8, get: 10, end: 4, stop: 2 })) {
      case 'turn': {
        const request = newTurn(step, key, `${Math.floor(client / identities.length)}.${count}`);
        sent.push({ key, request });
        if (sent.length > rememberedTurns) sent.shift();
        await persist(options, step, { key, request });
        break;
      }
      case 'repeat':
        if (repeated !== undefined)
          await persist(options, step, { ...repeated, request: varied(step, repeated) });
        break;
      case 'get':
        await attempt(options, step, { key, request: { op: 'get' } });
        break;
      case 'stop':
        if (mayInterrupt(key.conversationId)) await attempt(options, step, { key, request: { op: 'stop' } });
        break;
      case 'end':
        if (mayEnd(key)) await persist(options, step, { key, request: endOf(step, key) });
    }
    await delay(step.int(0, 40));
  }
}

/** Picks a conversation; its name says what is done to it, and all identities use the same names. */
function pickConversation(random: Random): string {
  switch (random.weighted({ main: 50, rush: 30, ended: 12, purged: 8 })) {
    case 'main':
      return `main-${random.int(0, 2)}`;
    case 'rush':
      return 'rush-0';
    case 'ended':
      return `ended-${random.int(0, 9)}`;
    case 'purged':
      return `purged-${random.int(0, 2)}`;
  }
}

function mayEnd({ conversationId }: ConversationKey): boolean {
  return conversationId.startsWith('ended') || conversationId.startsWith('purged');
}

function endOf(random: Random, { conversationId }: ConversationKey): Request {
  return {
    op: 'end',
    purge: conversationId.startsWith('purged'),
    whenBusy: pickWhenBusy(random, conversationId),
  };
}

function newTurn(random: Random, key: ConversationKey, unique: string): TurnRequest {
  const turnId = `${key.conversationId}.${unique}`;
  const secret = secretOf(key);
  const words = {
    turnId,
    secret,
    field: random.pick(ledgerFields),
    value: random.chance(0.1) ? null : `${secret} ${unique}`,
    variant: 0,
    directive: null,
  };
  const form = random.weighted({ words: 70, data: 12, 'quiet data': 8, undo: 10 });
  return { op: 'turn', turnId, form, words, whenBusy: pickWhenBusy(random, key.conversationId) };
}

/** Usually returns the same request; sometimes other words under the same turn id. */
function varied(random: Random, { request }: { readonly request: TurnRequest }): TurnRequest {
  if (random.chance(0.8)) return request;
  return { ...request, words: { ...request.words, variant: random.int(1, 3) } };
}

/** In some conversations nobody interrupts, so that no interruption can explain two agent calls at once. */
function mayInterrupt(conversationId: string): boolean {
  return !conversationId.startsWith('main');
}

function pickWhenBusy(random: Random, conversationId: string): WhenBusy {
  return mayInterrupt(conversationId)
    ? random.weighted({ reject: 35, wait: 45, interrupt: 20 })
    : random.weighted({ reject: 40, wait: 60 });
}

interface Ask {
  readonly key: ConversationKey;
  readonly request: Request;
}

/** Retries until the call is answered, refused for good, or the client gives up; sometimes on two servers at once. */
async function persist(options: ClientOptions, random: Random, ask: Ask): Promise<void> {
  for (let count = 0; count < mostAttempts; count += 1) {
    const tries = random.chance(0.06) ? 2 : 1;
    const outcomes = await Promise.all(Array.from({ length: tries }, () => attempt(options, random, ask)));
    if (options.isOver() || outcomes.some((outcome) => !isWorthRetrying(outcome)) || random.chance(0.1))
      return;
    await delay(random.int(0, 250));
  }
}

async function attempt(
  { recorder, servers }: ClientOptions,
  random: Random,
  { key, request }: Ask,
): Promise<Outcome> {
  return recorder.call({
    key,
    request,
    server: random.int(0, servers - 1),
    patienceMs: random.chance(0.06) ? random.int(5, 1_500) : 8_000,
  });
}

const forGood = [
  'TURN_ID_REUSED',
  'WORKFLOW_ENDED',
  'WORKFLOW_NOT_FOUND',
  'INVALID_INPUT',
  'NOTHING_TO_UNDO',
];

function isWorthRetrying(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'answered':
      return false;
    case 'broken':
      return true;
    case 'refused':
      return !forGood.includes(outcome.reason);
  }
}

function delay(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
