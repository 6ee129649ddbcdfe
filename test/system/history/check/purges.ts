import type { Conversation } from '../evidence.ts';
import { effectOf } from './refusal.ts';

/** Returns the end of each purge that happened or may have happened; infinite if its outcome never arrived. */
export function purgesOf({ ends }: Conversation): readonly { readonly over: number }[] {
  return ends
    .filter((call) => call.request.purge && effectOf(call) === 'unknown')
    .map(({ outcome, endedAt }) => ({
      over: outcome.kind === 'answered' ? endedAt : Number.POSITIVE_INFINITY,
    }));
}
