import { z } from 'zod';

/** Bytes that our turn writes. The ideal store writes as many. */
export const storedSizesSchema = z.object({ stateBytes: z.int(), entryBytes: z.int() });
export type StoredSizes = z.infer<typeof storedSizesSchema>;

const ofRedis = { redisUrl: z.string(), prefix: z.string() };

/** An operation that is measured in process, and what it works on. */
export const subjectSpecSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['ideal-turn', 'ideal-get', 'ideal-list', 'ideal-replay']),
    ...ofRedis,
    sizes: storedSizesSchema,
  }),
  z.object({
    /** `run-turn` calls the use case itself, all others the procedures through `createCaller`. */
    kind: z.enum(['run-turn', 'turn', 'watched-turn', 'get', 'list', 'replay']),
    ...ofRedis,
    /** Conversations go round this many users. */
    users: z.int().positive(),
  }),
]);

export type SubjectSpec = z.infer<typeof subjectSpecSchema>;

/** Conversations of a subject are opened, and their first turns played, before it is measured. */
export const prepareSchema = z.object({ conversations: z.int(), turns: z.int().positive() });

/** An operation that is repeated, on one of several conversations at a time. */
export interface Subject {
  /** Opens conversations 0 to `conversations` - 1, and plays their first turns. */
  readonly prepare: (conversations: number, turns: number) => Promise<void>;
  readonly operate: (conversation: number) => Promise<unknown>;
}
