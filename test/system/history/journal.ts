import { writeSync } from 'node:fs';
import { z } from 'zod';
import { Pseudonyms } from '../../../server/observability/pseudonyms.ts';
import { identities } from './actors.ts';
import { faultPoints } from '../../redis/fault-points/armed-faults.ts';
import { monotonicMs } from './monotonic.ts';

const conversation = { tenant: z.string(), user: z.string(), conversationId: z.string() };

/** The events that a server process writes down, each line at once, so that a SIGKILL loses none. */
const entrySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('agent.asked'),
    call: z.string(),
    agentConversationId: z.string(),
    turnId: z.string(),
    turnNumber: z.number(),
    mood: z.string(),
    /** The collected fields that the agent was given. */
    collected: z.record(z.string(), z.unknown()),
    /** Other identities' secrets in the agent's input. */
    strangers: z.array(z.string()),
    ...conversation,
  }),
  z.object({
    type: z.literal('agent.done'),
    call: z.string(),
    how: z.enum(['answered', 'failed', 'aborted']),
    /** The data to record in the answer; `null` if the words contained none. */
    data: z.record(z.string(), z.string().nullable()).nullable(),
  }),
  /** A race window that a call reached. */
  z.object({
    type: z.literal('point'),
    point: z.enum(faultPoints),
    turnId: z.string().nullable(),
    ...conversation,
  }),
  /** A fault that the process caused itself. */
  z.object({
    type: z.literal('fired'),
    action: z.enum(['kill', 'stop', 'block', 'delay']),
    forMs: z.number(),
    point: z.enum(faultPoints),
    ...conversation,
  }),
  /** The process did nothing for a while: it was stopped, or had no CPU. */
  z.object({ type: z.literal('stall'), from: z.number(), to: z.number() }),
  z.object({
    type: z.literal('event'),
    event: z.string(),
    turnId: z.string().optional(),
    reason: z.string().optional(),
    cause: z.string().optional(),
    turnNumber: z.number().optional(),
    isOutcomeUnknown: z.boolean().optional(),
    tenant: z.string().optional(),
    user: z.string().optional(),
    conversationId: z.string().optional(),
  }),
]);

export type JournalEntry = z.infer<typeof entrySchema>;

const lineSchema = z.tuple([z.number(), entrySchema]);

export type WriteJournal = (entry: JournalEntry) => void;

export function journalTo(fileDescriptor: number): WriteJournal {
  return (entry) => void writeSync(fileDescriptor, `${JSON.stringify([monotonicMs(), entry])}\n`);
}

const eventSchema = z.looseObject({ event: z.string(), user: z.string().optional() });

// The log names a user by a pseudonym, whose key is empty without a DIGEST_SECRET.
const pseudonyms = new Pseudonyms('');
const usersByPseudonym = new Map(identities.map((identity) => [pseudonyms.of(identity), identity.user]));

/** Journals a line of the product's log if it reports an event. */
export function noteEvent(write: WriteJournal, line: string): void {
  const told = eventSchema.safeParse(JSON.parse(line));
  if (!told.success) return;
  const { user } = told.data;
  const named = user === undefined ? {} : { user: usersByPseudonym.get(user) ?? user };
  write(entrySchema.parse({ ...told.data, ...named, type: 'event' }));
}

/** Returns every entry with its time, oldest first, without a last line that a kill cut short. */
export function readJournal(text: string): { readonly at: number; readonly entry: JournalEntry }[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [at, entry] = lineSchema.parse(JSON.parse(line));
      return { at, entry };
    });
}
