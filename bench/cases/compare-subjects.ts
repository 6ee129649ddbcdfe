import { z } from 'zod';
import type { Metric, Section } from '../measure/contender.ts';
import type { Load } from '../measure/drive.ts';
import { runSchema } from '../measure/drive.ts';
import { startChild } from '../processes/child.ts';
import type { Child } from '../processes/child.ts';
import type { SubjectSpec } from '../processes/subject-spec.ts';
import type { BenchRedis } from '../world/bench-redis.ts';
import { measureStoredSizes } from '../world/stored-sizes.ts';
import { conversationCount } from '../world/workload.ts';
import { compare, disposeOfAll, startAll } from './bench-case.ts';
import type { CaseSetting } from './bench-case.ts';
import { sampleOf } from './load-sample.ts';

/** A subject that is compared, by the name that the table shows. */
interface SubjectContender {
  readonly name: string;
  readonly kind: SubjectSpec['kind'];
  readonly redis: BenchRedis;
}

interface SubjectComparison {
  readonly title: string;
  readonly note?: string;
  /** The first is the reference. */
  readonly contenders: readonly SubjectContender[];
  readonly metrics: readonly Metric[];
  /** Users whom the conversations belong to. @default 16 */
  readonly users?: number;
  /** Turns that every conversation has before it is measured. @default 1 */
  readonly turns?: number;
  /** One table each. @default 1 and 32 */
  readonly clients?: readonly number[];
}

const defaultUsers = 16;

/** Measures operations in process, each in a process of its own, side by side. */
export async function compareSubjects(
  setting: CaseSetting,
  comparison: SubjectComparison,
): Promise<readonly Section[]> {
  const { title, note, contenders, metrics, users = defaultUsers, turns = 1, clients = [1, 32] } = comparison;
  setting.progress(`${title}: setting up`);
  const subjects = await startAll(
    contenders.map((contender, index) =>
      startSubject(contender, { users, turns, prefix: `subject-${index}` }),
    ),
  );
  try {
    const sections: Section[] = [];
    for (const count of clients) {
      const load: Load = {
        clients: count,
        conversations: conversationCount,
        until: { ms: 1_000 * setting.options.seconds },
      };
      const section = await compare(setting, {
        title: `${title}, ${count === 1 ? '1 client' : `${count} clients`}`,
        contenders: subjects.map(({ name, redis, child }) => ({
          name,
          measure: () => sampleOf(redis.counters, () => child.call('run', load, runSchema)),
        })),
        metrics,
        ...(note === undefined ? {} : { note }),
      });
      sections.push(section);
    }
    return sections;
  } finally {
    await disposeOfAll(subjects);
  }
}

interface Preparation {
  readonly prefix: string;
  readonly users: number;
  readonly turns: number;
}

/** Starts a subject in a process of its own, with its conversations. */
async function startSubject(
  { name, kind, redis }: SubjectContender,
  { prefix, users, turns }: Preparation,
): Promise<{ name: string; redis: BenchRedis; child: Child } & AsyncDisposable> {
  // The ideal store writes as much as we do, so ours is looked at first.
  const own = kind.startsWith('ideal-') ? { sizes: await measureStoredSizes(redis.url) } : { users };
  const child = await startChild('subject-process', { kind, redisUrl: redis.url, prefix, ...own });
  const dispose = () => child[Symbol.asyncDispose]();
  try {
    await child.call('prepare', { conversations: conversationCount, turns }, z.null());
    return { name, redis, child, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
