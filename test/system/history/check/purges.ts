import type { Conversation } from '../evidence.ts';
import { effectOf } from './refusal.ts';

/** When each purge of a conversation that happened, or may have, was over: never, for one that nobody heard of again. */
export function purgesOf({ ends }: Conversation): readonly { readonly over: number }[] {
  return ends
    .filter((call) => call.request.purge && effectOf(call) === 'unknown')
    .map(({ outcome, endedAt }) => ({
      over: outcome.kind === 'answered' ? endedAt : Number.POSITIVE_INFINITY,
    }));
}
