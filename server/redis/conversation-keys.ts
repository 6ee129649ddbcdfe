import type { ConversationKey, Identity } from '../domain/identity.ts';

/** Where the parts of one conversation are kept. They share a hash tag, so one script can touch all on a cluster. */
export interface ConversationKeys {
  readonly state: string;
  readonly lock: string;
  readonly log: string;
  readonly turns: string;
}

/**
 * Builds every Redis key there is. Parts are percent-encoded before they are joined: without that `a:b` + `c` and
 * `a` + `b:c` would share a key, and a brace in an id would move the hash tag (I8).
 */
export class KeyBuilder {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  conversation({ tenant, user, conversationId }: ConversationKey): ConversationKeys {
    const base = `${this.#prefix}:{${[tenant, user, conversationId].map(encodePart).join(':')}}`;
    return { state: `${base}:state`, lock: `${base}:lock`, log: `${base}:log`, turns: `${base}:turns` };
  }

  conversations({ tenant, user }: Identity): string {
    return `${this.#prefix}:{${[tenant, user].map(encodePart).join(':')}}:conversations`;
  }
}

/** Leaves neither a colon, a brace nor a bare percent sign; two parts are never encoded alike. */
function encodePart(part: string): string {
  return encodeURIComponent(part);
}
