import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleProgram } from '../../../tools/support/bundle-program.ts';
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
const commitScript = 'server/redis/scripts/commit-conversation-10.lua';
const loadScript = 'server/redis/scripts/lease-conversation-6.lua';
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
        file: 'server/redis/scripts/stored-conversation.lua',
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
        file: 'server/redis/scripts/take-lease.lua',
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
        from: 'isAgentStale ? null : state.agentConversationId',
        to: 'state.agentConversationId',
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

const neededToRun = [
  'contract',
  'server',
  'workflows',
  'test/system/history',
  'test/redis/fault-points/armed-faults.ts',
  'test/support/deferred.ts',
  'test/redis/fault-points/after-writing.ts',
  'package.json',
  'tsconfig.json',
];

/**
 * Copies the sources of a server under test, applies the edits, and bundles it; returns the bundle's path. Each edit
 * must match exactly once, because a mutant that equals the product proves nothing.
 */
export async function buildMutant({ edits }: Mutant, dir: string): Promise<string> {
  await Promise.all(
    neededToRun.map((path) => cp(join(projectDir, path), join(dir, path), { recursive: true })),
  );
  await symlink(join(projectDir, 'node_modules'), join(dir, 'node_modules'));
  for (const { file, from, to } of edits) {
    const path = join(dir, file);
    const parts = (await readFile(path, 'utf8')).split(from);
    if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times, not once: ${from}`);
    await writeFile(path, parts.join(to));
  }
  const bundle = join(dir, 'bundle');
  await mkdir(bundle);
  return bundleProgram(dir, serverProgram, bundle);
}
