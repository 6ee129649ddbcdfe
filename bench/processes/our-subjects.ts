import { runTurn } from '../../server/orchestrator/run-turn.ts';
import { openOurServer } from '../world/our-server.ts';
import { conversationIdOf, identityOf, turnRequest } from '../world/workload.ts';
import type { Subject, SubjectSpec } from './subject-spec.ts';

type OurSpec = Extract<SubjectSpec, { readonly users: number }>;
type OurServer = Awaited<ReturnType<typeof openOurServer>>;

/** Operations of ours on a server without HTTP. */
export async function openOurSubject(spec: OurSpec): Promise<Subject> {
  const { redisUrl, prefix: redisPrefix } = spec;
  const unbounded = { MAX_WATCHERS: '100000', MAX_WATCHERS_PER_USER: '100000' };
  const server = await openOurServer({ redisUrl, redisPrefix, env: unbounded });
  const played = new Map<number, number>();
  const callers = Array.from({ length: spec.users }, (_, user) =>
    server.callerOf(identityOf(user, spec.users)),
  );
  const procedures = (conversation: number) => {
    const caller = callers[conversation % spec.users];
    if (caller === undefined) throw new RangeError('There are no users.');
    return caller.workflow;
  };
  const nextTurn = (conversation: number): number => {
    const turn = (played.get(conversation) ?? 0) + 1;
    played.set(conversation, turn);
    return turn;
  };
  const turn = (conversation: number) =>
    procedures(conversation).turn(turnRequest(conversation, nextTurn(conversation)));
  const prepare = async (conversations: number, turns: number): Promise<void> => {
    for (let number = 1; number <= turns; number += 1)
      for (let conversation = 0; conversation < conversations; conversation += 1) await turn(conversation);
  };
  switch (spec.kind) {
    case 'run-turn':
      return {
        prepare,
        operate: (conversation) => runNextTurn(server, spec, conversation, nextTurn(conversation)),
      };
    case 'turn':
      return { prepare, operate: turn };
    case 'watched-turn':
      return {
        prepare: async (conversations, turns) => {
          await prepare(conversations, turns);
          for (let conversation = 0; conversation < conversations; conversation += 1)
            await watch(procedures(conversation), conversation);
        },
        operate: turn,
      };
    case 'get':
      return {
        prepare,
        operate: (conversation) =>
          procedures(conversation).get({ conversationId: conversationIdOf(conversation) }),
      };
    case 'list':
      return { prepare, operate: (conversation) => procedures(conversation).list() };
    case 'replay':
      return {
        prepare,
        operate: async (conversation) => {
          const request = turnRequest(conversation, played.get(conversation) ?? 1);
          const { replayed } = await procedures(conversation).turn(request);
          if (!replayed) throw new Error('The turn was run again instead of being replayed.');
        },
      };
  }
}

/** The use case alone: no schemas of the input, no tRPC. */
function runNextTurn({ dependencies }: OurServer, { users }: OurSpec, conversation: number, turn: number) {
  const { conversationId, ...request } = turnRequest(conversation, turn);
  return runTurn(dependencies, {
    ...request,
    key: { ...identityOf(conversation, users), conversationId },
    userToken: null,
    whenBusy: 'reject',
    waitMs: undefined,
  });
}

/** Watches until the process ends, and reads everything. */
async function watch(
  procedures: ReturnType<OurServer['callerOf']>['workflow'],
  conversation: number,
): Promise<void> {
  const events = await procedures.watch({ conversationId: conversationIdOf(conversation) });
  const reading = events[Symbol.asyncIterator]();
  // The first event says that the watch has begun.
  await reading.next();
  void (async () => {
    for (let next = await reading.next(); next.done !== true; next = await reading.next());
  })();
}
