import { z } from 'zod';

/**
 * A tenant's or a user's name. It is part of every key, so it must not be empty, and it must be well-formed: half a
 * surrogate pair can't be encoded.
 */
export const identityPart = z
  .string()
  // A bound of zod's own would be compared with the `length` of a value that is no text, too, which can throw.
  .refine((part) => part !== '' && part.length <= 128 && part.isWellFormed());
