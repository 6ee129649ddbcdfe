import type { Activity } from '../../server/answer/activity.ts';
import { AgentFailure } from '../../server/answer/agent-failure.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../server/orchestrator/ports/agent.ts';
import type { AgentAnswer, Dialogue } from './replay-file.ts';

/** Answers each turn as the caller's dialogue has it; where that has no answer, the guided agent does. */
export class ReplayAgent implements Agent {
  readonly name = 'replay';
  readonly #dialogues: ReadonlyMap<string, Dialogue>;
  readonly #guided: Agent;

  /** @param dialogues by the user that plays each: it is the one thing of a conversation that an agent gets to know */
  constructor(dialogues: ReadonlyMap<string, Dialogue>, guided: Agent) {
    this.#dialogues = dialogues;
    this.#guided = guided;
  }

  open(options: AgentCallOptions): Promise<string> {
    return this.#guided.open(options);
  }

  async *send(request: AgentRequest, options: AgentCallOptions): AsyncIterable<Activity> {
    const turn = this.#dialogues.get(options.identity.user)?.turns[request.briefing.turnNumber - 1];
    if (turn === undefined) throw new AgentFailure('failed', 'the dialogue has no such turn');
    if (turn.agent === undefined) yield* this.#guided.send(request, options);
    else yield activityOf(turn.agent);
  }
}

function activityOf({ text, ...structure }: AgentAnswer): Activity {
  return {
    type: 'message',
    ...(text === undefined ? {} : { text }),
    ...(Object.keys(structure).length === 0 ? {} : { value: structure }),
  };
}
