import { idealGet, idealList, idealReplay } from '../references/ideal-reads.ts';
import { IdealStore } from '../references/ideal-store.ts';
import type { Subject, SubjectSpec } from './subject-spec.ts';

/** The ideal store must not carry our server's modules along, so they are loaded for our own operations only. */
export async function openSubject(spec: SubjectSpec): Promise<Subject> {
  if (!('users' in spec)) return idealSubject(spec);
  const { openOurSubject } = await import('./our-subjects.ts');
  return openOurSubject(spec);
}

type IdealSpec = Exclude<SubjectSpec, { readonly users: number }>;

function idealSubject(spec: IdealSpec): Subject {
  const store = new IdealStore(spec);
  let turns = 0;
  const prepare = async (conversations: number, wanted: number): Promise<void> => {
    turns = wanted;
    for (let turn = 1; turn <= wanted; turn += 1)
      for (let conversation = 0; conversation < conversations; conversation += 1)
        await store.turn(conversation);
  };
  switch (spec.kind) {
    case 'ideal-turn':
      return { prepare, operate: (conversation) => store.turn(conversation) };
    case 'ideal-get':
      return { prepare, operate: (conversation) => idealGet(store, conversation) };
    case 'ideal-list':
      return { prepare, operate: () => idealList(store) };
    case 'ideal-replay':
      return { prepare, operate: (conversation) => idealReplay(store, conversation, turns) };
  }
}
