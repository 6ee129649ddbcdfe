import type { startOwnRedis } from '../../support/own-redis.ts';
import type { FaultPlan } from './faults.ts';
import type { FaultyLink } from '../../support/proxy/faulty-link.ts';
import type { Fault } from './history.ts';
import { monotonicMs } from './monotonic.ts';
import type { PlannedFault } from './plan.ts';
import { giveCommands, markOfCommit } from './redis-commands.ts';
import type { Fleet } from './server-fleet.ts';

type OwnRedis = Awaited<ReturnType<typeof startOwnRedis>>;

interface Targets {
  readonly fleet: Fleet;
  readonly redis: OwnRedis;
}

/** Carries out a plan of faults and records them; resolves when every fault is undone. */
export async function injectFaults(targets: Targets, planned: readonly PlannedFault[]): Promise<Fault[]> {
  const began = monotonicMs();
  return Promise.all(
    planned.map(async ({ at, plan }): Promise<Fault> => {
      await delay(began + at - monotonicMs());
      const from = monotonicMs();
      await inject(targets, plan);
      const { kind, ...detail } = plan;
      return {
        kind,
        server: 'server' in plan ? plan.server : null,
        detail: JSON.stringify(detail),
        from,
        to: monotonicMs(),
      };
    }),
  );
}

async function inject({ fleet, redis }: Targets, plan: FaultPlan): Promise<void> {
  switch (plan.kind) {
    case 'kill server':
      return fleet.at(plan.server).restart('SIGKILL');
    case 'restart server':
      return fleet.at(plan.server).restart('SIGTERM');
    case 'stop server': {
      const { current } = fleet.at(plan.server);
      current.pause();
      await delay(plan.forMs);
      current.goOn();
      return;
    }
    case 'fault in a race window':
      fleet.at(plan.server).current.tell({ type: 'arm', fault: plan.fault });
      return;
    case 'clock jump':
      fleet.at(plan.server).current.tell({ type: 'jump', byMs: plan.byMs });
      return;
    case 'hang redis':
      redis.hang();
      await delay(plan.forMs);
      redis.goOn();
      return;
    case 'kill redis':
      await redis.kill();
      await delay(plan.forMs);
      await redis.start();
      return;
    case 'script flush':
      return giveCommands(redis.url, (client) => client.script('FLUSH'));
    case 'client kill':
      return giveCommands(redis.url, (client) =>
        client.call('CLIENT', 'KILL', 'TYPE', plan.type, 'SKIPME', 'yes'),
      );
    case 'cut link':
      return during(plan, fleet.at(plan.server).link, (link) => link.cut());
    case 'freeze link':
      return during(plan, fleet.at(plan.server).link, (link) => link.freeze(plan.direction));
    case 'slow link':
      return during(plan, fleet.at(plan.server).link, (link) => link.slow(plan.byMs));
    case 'cut callers':
      return during(plan, fleet.at(plan.server).front, (link) => link.cut());
    case 'freeze answers':
      return during(plan, fleet.at(plan.server).front, (link) => link.freeze('replies'));
    case 'eat reply':
      fleet.at(plan.server).link.eatReplyTo(markOfCommit);
  }
}

async function during(
  { forMs }: { readonly forMs: number },
  link: FaultyLink,
  harm: (link: FaultyLink) => void,
): Promise<void> {
  harm(link);
  await delay(forMs);
  link.mend();
}

function delay(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
