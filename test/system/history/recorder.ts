import type { ConversationKey } from '../../../server/domain/identity.ts';
import { callServer } from './call-server.ts';
import type { Call, Outcome, Request } from './history.ts';
import { monotonicMs } from './monotonic.ts';
import type { Fleet } from './server-fleet.ts';

interface Ask {
  readonly key: ConversationKey;
  readonly request: Request;
  readonly server: number;
  readonly patienceMs: number;
}

/** Makes the clients' calls and records each with its answer. */
export class Recorder {
  readonly #fleet: Fleet;
  readonly #calls: Call[] = [];

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  get calls(): readonly Call[] {
    return this.#calls;
  }

  async call({ key, request, server, patienceMs }: Ask): Promise<Outcome> {
    const { url } = this.#fleet.at(server);
    const startedAt = monotonicMs();
    const outcome = await callServer({ url, patienceMs }, key, request);
    this.#calls.push({ key, request, server, startedAt, endedAt: monotonicMs(), outcome });
    return outcome;
  }
}
