import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { AgentFailure } from '../../../server/testing/index.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../../server/testing/index.ts';
import type { Activity } from '../../../server/answer/activity.ts';

/** The guided agent, which a test can make fail or speak slowly. */
export class TroubledAgent implements Agent {
  readonly name = 'troubled';
  readonly #guided = createGuidedAgent({ clock: systemClock });
  /** Number of failures still to come. */
  failures = 0;
  /** Pauses an answer, once it has begun, until this resolves. */
  hesitation: Promise<void> | null = null;

  open(options: AgentCallOptions): Promise<string> {
    return this.#guided.open(options);
  }

  async *send(request: AgentRequest, options: AgentCallOptions): AsyncIterable<Activity> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new AgentFailure('failed', 'told to');
    }
    if (this.hesitation !== null) {
      yield streamed('typing', 'informative', 'Looking at the calendar');
      yield streamed('typing', 'streaming', 'Let me see');
      await this.hesitation;
    }
    for await (const activity of this.#guided.send(request, options)) {
      // The guided agent's message ends the stream that the pause began.
      yield this.hesitation === null
        ? activity
        : { ...activity, ...streamed('message', 'final', activity.text ?? '') };
    }
  }
}

function streamed(type: string, streamType: string, text: string): Activity {
  return { type, text, entities: [{ type: 'streaminfo', streamId: 's', streamType }] };
}
