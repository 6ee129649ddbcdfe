import { z } from 'zod';

export const contentionSpecSchema = z.object({ redisUrl: z.string() });

export const handOverSchema = z.object({ clients: z.int().positive(), ms: z.number() });

export const holdSchema = z.object({ waiters: z.int().nonnegative() });
