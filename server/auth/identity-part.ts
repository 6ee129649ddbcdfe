import { z } from 'zod';

/**
 * A tenant's or a user's name. It is part of every key, so it must not be empty, and it must be well-formed: half a
 * surrogate pair can't be encoded.
 */
export const identityPart = z
  .string()
  .min(1)
  .max(128)
  .refine((part) => part.isWellFormed());
