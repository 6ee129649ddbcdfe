import { z } from 'zod';
import type { Authentication, Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';

// An identity is part of every key, so it must be something, and well-formed text: half a surrogate pair can't be encoded.
const identityPart = z
  .string()
  .min(1)
  .max(128)
  .refine((part) => part.isWellFormed());

/** Takes the caller's word for who they are, from `x-dev-user` and `x-dev-tenant`. For a developer's own machine. */
export class DevAuthenticator implements Authenticator {
  authenticate(headers: RequestHeaders): Promise<Authentication> {
    const user = identityPart.safeParse(headers['x-dev-user'] ?? 'local');
    const tenant = identityPart.safeParse(headers['x-dev-tenant'] ?? 'local');
    if (user.success && tenant.success) {
      const identity = { tenant: tenant.data, user: user.data };
      return Promise.resolve({ kind: 'authenticated', identity });
    }
    const message = `The header ${user.success ? 'x-dev-tenant' : 'x-dev-user'} must hold 1 to 128 characters.`;
    return Promise.resolve({ kind: 'refused', message });
  }
}
