import { relative } from 'node:path';
import { commandLine } from './command-line.ts';
import { describeAgent } from './describe-agent.ts';
import type { EmbeddedRedis } from './embedded-redis/embedded-redis.ts';
import type { Settings } from './settings/read-environment.ts';

export interface Start {
  readonly server: {
    readonly url: string;
    readonly metricsUrl: string | null;
    readonly store: {
      readonly trouble: string | null;
      readonly evictionPolicy: string | null;
    };
    readonly hasChatPage: boolean;
  };
  readonly workflows: readonly {
    readonly id: string;
    readonly version: number;
    readonly title: string;
    readonly steps: readonly unknown[];
  }[];
  readonly embedded: EmbeddedRedis | null;
  readonly settings: Pick<
    Settings,
    'workflowsDir' | 'agent' | 'auth' | 'redisPrefix' | 'workflowTtlSeconds' | 'digestSecrets'
  >;
}

/** The message for the person who started the server: addresses, agent, data and warnings. Holds no secret. */
export function describeStart({ server, workflows, embedded, settings }: Start): string {
  const described = workflows.map(
    ({ id, version, steps, title }) => `${id} v${version}, ${steps.length} steps: ${title}`,
  );
  const hours = settings.workflowTtlSeconds / 3600;
  const kept = `kept for ${hours < 1 ? `${settings.workflowTtlSeconds} s` : `${Number(hours.toFixed(1))} h`} past the last interaction`;
  const data =
    embedded === null
      ? `in the Redis of REDIS_URL, under the prefix "${settings.redisPrefix}"; ${kept}`
      : `in ${shortPath(embedded.dir)}, by a redis-server of its own; ${kept}`;
  const lines = [
    `Turnkeeper listens on ${server.url}`,
    '',
    section('workflows', described),
    section('from', [shortPath(settings.workflowsDir)]),
    section('agent', describeAgent(settings.agent)),
    section('data', [data]),
    section('callers', describeCallers(settings.auth)),
    ...(server.metricsUrl === null ? [] : [section('metrics', [server.metricsUrl])]),
    section('talk to it', [
      server.hasChatPage
        ? `${server.url} in a browser`
        : 'in a browser, once the chat page is built: node tools/build-chat.mjs',
      commandLine('chat', isDefaultUrl(server.url) ? [] : ['--url', server.url]),
      `curl ${server.url}/trpc/workflow.definitions`,
    ]),
    '',
  ];
  if (embedded === null && settings.digestSecrets.length === 0) {
    lines.push(
      'WARNING: DIGEST_SECRET is not set. Anyone who can read the Redis of REDIS_URL can guess short inputs of users. Set it to',
      'the same 32 or more random characters on every server: openssl rand -base64 32 makes one.',
      '',
    );
  }
  const { trouble, evictionPolicy } = server.store;
  if (trouble !== null) {
    lines.push(
      `Redis can't be reached (${trouble}): every workflow call answers 503 until it can. This server keeps trying.`,
      '',
    );
  }
  if (evictionPolicy !== null) {
    lines.push(
      `Redis may evict conversations before they expire: its maxmemory-policy is ${evictionPolicy}. Set it to noeviction.`,
      '',
    );
  }
  return lines.join('\n');
}

function describeCallers(auth: Settings['auth']): readonly string[] {
  switch (auth.mode) {
    case 'dev':
      return ['are whoever they say in x-dev-user and x-dev-tenant (AUTH_MODE=dev)'];
    case 'oidc':
      return auth.issuers.map(({ issuer }) => `show an access token of ${issuer}`);
  }
}

/** A path inside the working directory, relative to it; any other path as it is. */
function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}

function isDefaultUrl(url: string): boolean {
  return url === 'http://127.0.0.1:3000';
}

function section(name: string, lines: readonly string[]): string {
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(12)}${line}`).join('\n');
}
