import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleProgram } from '../../../tools/support/bundle-program.ts';
import { bundledProgram } from '../../support/bundled-program.ts';
import {
  failedTurn,
  lookalikes,
  lostAnswer,
  namesakes,
  oldTurnAgain,
  overtakenHolder,
  pausedHolder,
  repeatedTurn,
  revivedHolder,
  singleTurn,
  turnAfterTheEnd,
  twoAtOnce,
} from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import { serverProgram } from './stage.ts';

interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The product without one of its safeguards. */
export interface Mutant {
  readonly without: string;
  readonly edits: readonly Edit[];
  /** The scenario in which its absence shows. */
  readonly scenario: Scenario;
  /** The checks that must report it. */
  readonly reportedBy: readonly string[];
}

const projectDir = fileURLToPath(new URL('../../..', import.meta.url));
const scripts = 'server/redis/scripts';
const commitScript = `${scripts}/commit-conversation-10.lua`;
const loadScript = `${scripts}/lease-conversation-6.lua`;
const leased = 'server/orchestrator/leased-conversation.ts';
const keys = 'server/redis/scripts/conversation-keys.ts';

export const mutants: readonly Mutant[] = [
  {
    without: 'the fence: the commit does not check the lease token',
    edits: [
      {
        file: commitScript,
        from: "if redis.call('GET', KEYS[2]) ~= ARGV[1] then\n  return 'lease-lost'\nend\n",
        to: '',
      },
    ],
    scenario: pausedHolder,
    reportedBy: ['fenced'],
  },
  {
    without: 'the revision check: the commit does not compare what is stored with what was loaded',
    edits: [{ file: commitScript, from: 'incarnation ~= ARGV[2] or revision ~= ARGV[3]', to: 'false' }],
    scenario: revivedHolder,
    reportedBy: ['numbers', 'fields'],
  },
  {
    without: 'the record of turn ids: the commit does not write it',
    edits: [{ file: commitScript, from: "redis.call('HSET', KEYS[4], ARGV[7], ARGV[8])", to: '' }],
    scenario: repeatedTurn,
    reportedBy: ['replays', 'acknowledged', 'numbers'],
  },
  {
    without: 'the look at the record of turn ids: a repeated turn asks the agent again',
    edits: [{ file: loadScript, from: 'KEYS[4], KEYS[6], ARGV[2])', to: "KEYS[4], KEYS[6], '')" }],
    scenario: repeatedTurn,
    reportedBy: ['replays', 'acknowledged'],
  },
  {
    without: 'a memory of old turn ids: their bits are not set when their entries are deleted',
    edits: [
      {
        file: `${scripts}/stored-conversation.lua`,
        from: 'redis.call(unpack(remember))',
        to: '',
      },
    ],
    scenario: oldTurnAgain,
    reportedBy: ['replays'],
  },
  {
    without: 'the look at the bits of old turn ids: such a turn is taken for a new one',
    edits: [{ file: loadScript, from: 'is_forgotten(KEYS[6], ARGV[2])', to: 'false' }],
    scenario: oldTurnAgain,
    reportedBy: ['replays'],
  },
  {
    without: "exclusion: a lease is granted while another's is valid",
    edits: [
      {
        file: `${scripts}/take-lease.lua`,
        from: "if owner and owner ~= token and owner ~= ticket and redis.pcall('PTTL', lock) ~= -1 then",
        to: 'if false then',
      },
    ],
    scenario: twoAtOnce,
    reportedBy: ['one agent call'],
  },
  {
    without: 'honest acknowledgements: a refused commit is answered as one that happened',
    edits: [{ file: leased, from: 'throw leaseLost();', to: 'return;' }],
    scenario: overtakenHolder,
    reportedBy: ['acknowledged'],
  },
  {
    without: 'honest refusals: a commit whose answer was lost is answered as one that did not happen',
    edits: [{ file: leased, from: 'throw new OutcomeUnknown(error);', to: 'throw leaseLost();' }],
    scenario: lostAnswer,
    reportedBy: ['refused'],
  },
  {
    without: 'the user in the keys',
    edits: [
      { file: keys, from: '[tenant, user, conversationId]', to: "[tenant, 'everybody', conversationId]" },
    ],
    scenario: namesakes,
    reportedBy: ['isolation'],
  },
  {
    without: 'encoding of the parts of the keys',
    edits: [{ file: keys, from: 'return encodeURIComponent(part);', to: 'return part;' }],
    scenario: lookalikes,
    reportedBy: ['isolation'],
  },
  {
    without: 'an expiry of the state',
    edits: [
      {
        file: commitScript,
        from: "redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])",
        to: "redis.call('SET', KEYS[1], ARGV[4])",
      },
    ],
    scenario: singleTurn,
    reportedBy: ['expiry'],
  },
  {
    without: 'a fresh start for an agent that heard of a turn that never happened',
    edits: [
      {
        file: 'server/orchestrator/turn.ts',
        from: 'needsFreshOne ? null : before.agentConversationId',
        to: 'before.agentConversationId',
      },
    ],
    scenario: failedTurn,
    reportedBy: ['agent memory'],
  },
  {
    without: 'a look at whether the conversation has ended',
    edits: [
      {
        file: 'server/orchestrator/open-or-resume.ts',
        from: "if (stored.status !== 'active') {",
        to: 'if (false) {',
      },
    ],
    scenario: turnAfterTheEnd,
    reportedBy: ['ends'],
  },
];

/**
 * Bundles the server under test with the edits, and returns the bundle's path. An edit of a Lua script needs no bundle of its
 * own: a copy of the product's reads the scripts from another folder. Each edit must match exactly once, because a mutant
 * that equals the product proves nothing.
 */
export async function buildMutant({ edits }: Mutant, dir: string): Promise<string> {
  const edit = async ({ file, from, to }: Edit): Promise<string> => {
    const parts = (await readFile(join(projectDir, file), 'utf8')).split(from);
    if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times, not once: ${from}`);
    return parts.join(to);
  };
  if (!edits.every(({ file }) => file.endsWith('.lua'))) {
    const sources = await Promise.all(
      edits.map(async (each) => [join(projectDir, each.file), await edit(each)] as const),
    );
    return bundleProgram(projectDir, serverProgram, dir, new Map(sources));
  }
  const product = await bundledProgram(serverProgram);
  const ownScripts = join(dir, 'scripts');
  await cp(dirname(product), dir, { recursive: true });
  await cp(join(projectDir, scripts), ownScripts, { recursive: true });
  for (const each of edits) await writeFile(join(ownScripts, basename(each.file)), await edit(each));
  const placeOf = (folder: string): string => `${pathToFileURL(folder).href}/`;
  for (const name of (await readdir(dir)).filter((entry) => entry.endsWith('.mjs'))) {
    const text = await readFile(join(dir, name), 'utf8');
    await writeFile(
      join(dir, name),
      text.replaceAll(placeOf(join(projectDir, scripts)), placeOf(ownScripts)),
    );
  }
  return join(dir, basename(product));
}
