import { z } from 'zod';

const name = z.string().min(1).max(200);

const host = z
  .string()
  .max(253)
  .refine(isHost, {
    error:
      'must be a host in lower case, like "example.com", or "*.example.com" for all below it; ' +
      'with a port only where it is not the usual one, and without "https://" or a path',
  });

/** What a definition, in TypeScript or JSON, may say of the cards that an agent shows. */
export const cardsSchema = z.strictObject({
  allowedActions: z.array(name).max(100).optional(),
  allowedHosts: z.array(host).max(100).optional(),
});

/** Whether a host is spelt as it will be compared: as a parsed address has it, so that none is listed in vain. */
function isHost(text: string): boolean {
  const host = text.startsWith('*.') ? text.slice(2) : text;
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/.test(host)) return false;
  return URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host;
}
