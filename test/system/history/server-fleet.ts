import { join } from 'node:path';
import { startFaultyLink } from '../../support/proxy/faulty-link.ts';
import type { FaultyLink } from '../../support/proxy/faulty-link.ts';
import type { ServerProcess } from './history.ts';
import type { AgentMoods } from './ledger-agent.ts';
import type { Random } from './random.ts';
import { LaunchedServer } from './server-process.ts';

interface FleetOptions {
  readonly size: number;
  readonly redisUrl: string;
  /** The folder of the journals. */
  readonly dir: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly moods: AgentMoods;
  readonly random: Random;
}

/** Starts the process that serves at one place of the fleet from now on. */
type Launch = (index: number, link: FaultyLink) => LaunchedServer;

/** One place of the fleet: its address, its link to Redis, and the process that serves there now. */
export class FleetServer {
  readonly index: number;
  readonly link: FaultyLink;
  #front: FaultyLink | null = null;
  readonly #launch: Launch;
  #current: LaunchedServer;
  #url = '';
  /** Process ends and starts, one after the other. */
  #changes: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(index: number, link: FaultyLink, launch: Launch) {
    this.index = index;
    this.link = link;
    this.#launch = launch;
    this.#current = launch(index, link);
  }

  /** The link between the callers and the current process. */
  get front(): FaultyLink {
    if (this.#front === null) throw new Error('the server was never ready');
    return this.#front;
  }

  /** The callers' address, the same for every process that serves here. */
  get url(): string {
    return `http://127.0.0.1:${this.front.port}`;
  }

  get current(): LaunchedServer {
    return this.#current;
  }

  async ready(): Promise<void> {
    const { current } = this;
    this.#url = await current.ready();
    this.#front ??= await startFaultyLink(() => new URL(this.#url));
    // A process that killed itself in a race window, or crashed, is replaced as well.
    void current.exited.then(() =>
      this.#change(() => (current === this.current ? this.#replace() : undefined)),
    );
  }

  /** Ends the process and starts another. */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#change(async () => {
      await this.current.end(signal);
      await this.#replace();
    });
  }

  /** Waits until every ended process has a successor that listens. */
  async settled(): Promise<void> {
    await this.#change(() => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.current.end('SIGKILL');
    await this.#changes;
    await this.link[Symbol.asyncDispose]();
    await this.#front?.[Symbol.asyncDispose]();
  }

  async #replace(): Promise<void> {
    if (this.#isClosed) return;
    this.#current = this.#launch(this.index, this.link);
    await this.ready();
  }

  #change(change: () => Promise<void> | undefined): Promise<void> {
    const changed = this.#changes.then(change);
    this.#changes = changed.catch(() => undefined);
    return changed;
  }
}

/** Several server processes on one Redis, each with a link of its own; use with `await using`. */
export async function startFleet(options: FleetOptions) {
  const { size, redisUrl, dir, program, env, moods, random } = options;
  const launched: LaunchedServer[] = [];
  const launch: Launch = (index, link) => {
    const instance = `${index}.${launched.length}`;
    const journalFile = join(dir, `journal-${instance}`);
    const server = new LaunchedServer({
      server: index,
      program,
      env: { ...env, PORT: '0', REDIS_URL: urlThrough(redisUrl, link) },
      options: { journalFile, seed: random.int(0, 2 ** 31), instance, moods },
    });
    launched.push(server);
    return server;
  };
  const links = await Promise.all(
    Array.from({ length: size }, () => startFaultyLink(() => new URL(redisUrl))),
  );
  const servers = links.map((link, index) => new FleetServer(index, link, launch));
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  const started = await Promise.allSettled(servers.map((server) => server.ready()));
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') {
    await close();
    throw failed.reason;
  }
  return {
    servers,
    at: (index: number): FleetServer => {
      const server = servers[index];
      if (server === undefined) throw new Error(`there is no server ${index}`);
      return server;
    },
    report: async (): Promise<ServerProcess[]> => Promise.all(launched.map((server) => server.report())),
    [Symbol.asyncDispose]: close,
  };
}

function urlThrough(redisUrl: string, { port }: FaultyLink): string {
  const url = new URL(redisUrl);
  url.port = String(port);
  return url.href;
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;
