import type { Activity } from '../../../../server/answer/activity.ts';
import { AgentFailure } from '../../../../server/testing/index.ts';
import type {
  Agent,
  AgentCallOptions,
  AgentRequest,
  ScriptedReply,
} from '../../../../server/testing/index.ts';
import { deferred } from '../../../support/deferred.ts';

type Cue = { readonly activity: Activity } | { readonly error: Error } | 'over';

/** A question to the agent, and the means to answer it. */
export interface Asked {
  readonly words: string;
  readonly works: (at?: string) => void;
  /** Sends the whole text so far. */
  readonly says: (text: string) => void;
  readonly answers: (reply: string | ScriptedReply | readonly Activity[]) => void;
  readonly fails: () => void;
}

/** An agent whose every word the test decides. It stops when the server gives it up. */
export class ConductedAgent implements Agent {
  readonly name = 'conducted';
  /** The users' words, in order. */
  readonly heard: string[] = [];
  readonly #asked: Asked[] = [];
  readonly #listening: ((asked: Asked) => void)[] = [];

  open(): Promise<string> {
    return Promise.resolve('conducted-conversation');
  }

  /** Resolves with the next question that no test has taken. */
  asked(): Promise<Asked> {
    const asked = this.#asked.shift();
    if (asked !== undefined) return Promise.resolve(asked);
    return new Promise((resolve) => this.#listening.push(resolve));
  }

  async *send(request: AgentRequest, { signal }: AgentCallOptions): AsyncIterable<Activity> {
    const words = request.input.type === 'text' ? request.input.text : request.input.type;
    this.heard.push(words);
    const cues: Cue[] = [];
    let wake = deferred();
    const cue = (...next: Cue[]): void => {
      cues.push(...next);
      wake.resolve();
    };
    signal.addEventListener('abort', () => cue({ error: signal.reason as Error }));
    this.#tell({
      words,
      works: (at) => cue({ activity: at === undefined ? { type: 'typing' } : informative(at) }),
      says: (text) => cue({ activity: streaming(text) }),
      answers: (reply) => cue(...activitiesOf(reply).map((activity) => ({ activity })), 'over'),
      fails: () => cue({ error: new AgentFailure('failed', 'told to') }),
    });
    for (;;) {
      const next = cues.shift();
      if (next === 'over') return;
      if (next === undefined) {
        await wake.promise;
        wake = deferred();
        continue;
      }
      if ('error' in next) throw next.error;
      yield next.activity;
    }
  }

  #tell(asked: Asked): void {
    const listening = this.#listening.shift();
    if (listening === undefined) this.#asked.push(asked);
    else listening(asked);
  }
}

const streaming = (text: string): Activity => ({
  type: 'typing',
  text,
  entities: [{ type: 'streaminfo', streamId: 's', streamType: 'streaming' }],
});

const informative = (text: string): Activity => ({
  type: 'typing',
  text,
  entities: [{ type: 'streaminfo', streamId: 's', streamType: 'informative' }],
});

function activitiesOf(reply: string | ScriptedReply | readonly Activity[]): readonly Activity[] {
  if (typeof reply === 'string') return [{ type: 'message', text: reply }];
  if (isActivities(reply)) return reply;
  const { text, ...structure } = reply;
  return [{ type: 'message', ...(text === undefined ? {} : { text }), value: structure }];
}

function isActivities(reply: ScriptedReply | readonly Activity[]): reply is readonly Activity[] {
  return Array.isArray(reply);
}
