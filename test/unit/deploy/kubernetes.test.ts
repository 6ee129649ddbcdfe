import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { healthRoutes } from '../../../server/http/health-routes.ts';
import { metricsPath } from '../../../server/http/metrics-page.ts';
import { variableNames } from '../../../server/settings/read-environment.ts';
import { compile } from '../../support/compile.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { directiveOf, lastAnswersMs, read, settingsOf } from './deployment-files.ts';

const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

const documentSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
});
const texts = z.record(z.string(), z.string());
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string(), port: z.string() }),
  periodSeconds: z.int(),
  timeoutSeconds: z.int().default(1),
  failureThreshold: z.int(),
});
const deploymentSchema = z.object({
  spec: z.object({
    replicas: z.int(),
    selector: z.object({ matchLabels: texts }),
    strategy: z.object({ rollingUpdate: z.object({ maxUnavailable: z.int() }) }),
    template: z.object({
      metadata: z.object({ labels: texts, annotations: texts }),
      spec: z.object({
        terminationGracePeriodSeconds: z.int(),
        securityContext: z.object({ runAsNonRoot: z.boolean(), runAsUser: z.int() }),
        containers: z.tuple([
          z.object({
            envFrom: z.array(z.record(z.string(), z.object({ name: z.string() }))),
            ports: z.array(z.object({ name: z.string(), containerPort: z.int() })),
            startupProbe: probe,
            readinessProbe: probe,
            livenessProbe: probe,
            securityContext: z.object({
              allowPrivilegeEscalation: z.boolean(),
              readOnlyRootFilesystem: z.boolean(),
              capabilities: z.object({ drop: z.array(z.string()) }),
            }),
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
          }),
        ]),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});

const manifests = `${await read('deploy/kubernetes/secret.example.yaml')}\n---\n${await read('deploy/kubernetes/turnkeeper.yaml')}`;
const documents = parseAllDocuments(manifests).map((document) => documentSchema.parse(document.toJS()));

function manifestOf(kind: string): z.infer<typeof documentSchema> {
  const [found, ...others] = documents.filter((document) => document.kind === kind);
  if (found === undefined || others.length > 0)
    throw new Error(`${kind} is there ${others.length + 1} times`);
  return found;
}

const { data: variables } = z.object({ data: texts }).parse(manifestOf('ConfigMap'));
const { stringData: secrets } = z.object({ stringData: texts }).parse(manifestOf('Secret'));
const deployment = deploymentSchema.parse(manifestOf('Deployment')).spec;
const pod = deployment.template.spec;
const [container] = pod.containers;
const settings = settingsOf({ ...variables, ...secrets });
const portNamed = (name: string) => container.ports.find((port) => port.name === name)?.containerPort;

/** The modules of the types that are generated from Kubernetes' own description of its API. */
const modules: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
};

/** Returns the faults of manifests by those types; a name that Kubernetes does not know is one. */
async function faultsOf(checked: readonly z.infer<typeof documentSchema>[]): Promise<string> {
  const files = checked.map((document, index) => {
    const module = `kubernetes-types/${modules[document.apiVersion] ?? document.apiVersion}`;
    const text = `import type { ${document.kind} } from '${module}';
export const manifest: ${document.kind} = ${JSON.stringify(document, null, 2)};`;
    return [`${index}-${document.kind}.ts`, text] as const;
  });
  await using folder = await temporaryFolder();
  await symlink(join(projectDir, 'node_modules'), join(folder.path, 'node_modules'));
  // Declarations of the language alone: the browser's take the compiler a second.
  return await compile(folder.path, Object.fromEntries(files), { lib: ['es2015'] });
}

describe('the manifests for Kubernetes', () => {
  it('are what the types of its API allow, and no more', async () => {
    expect(documents.map(({ kind }) => kind)).toEqual([
      ...['Secret', 'ConfigMap', 'Deployment', 'Service', 'PodDisruptionBudget', 'Ingress', 'NetworkPolicy'],
    ]);
    // A name that Kubernetes does not know, to see that the types find it, and nothing else.
    const misspelt = { ...manifestOf('Service'), spec: { selektor: {} } };
    const faults = await faultsOf([...documents, misspelt]);
    expect(faults.match(/error TS/g)).toHaveLength(1);
    expect(faults).toMatch(/^7-Service\.ts.*selektor.* does not exist in type 'ServiceSpec'/);
  });

  it('set variables that the server has, to values that it starts with', () => {
    const names = [...Object.keys(variables), ...Object.keys(secrets)];
    expect(names.filter((name) => !variableNames.includes(name))).toEqual([]);
    expect(names).toEqual([...new Set(names)]);
    expect(settings).toMatchObject({ isProduction: true, host: '0.0.0.0', auth: { mode: 'oidc' } });
    expect(container.envFrom).toEqual([
      { configMapRef: { name: manifestOf('ConfigMap').metadata.name } },
      { secretRef: { name: manifestOf('Secret').metadata.name } },
    ]);
  });

  it('probe addresses that a server answers, on the port that it listens on', () => {
    const routes = healthRoutes({
      store: { isReachable: () => Promise.resolve(true) },
      leases: { isReachable: () => Promise.resolve(true) },
      isShuttingDown: () => false,
    });
    const answered = routes.stack.map(({ route }) => route?.path);
    const { startupProbe, readinessProbe, livenessProbe } = container;
    for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) {
      expect(answered).toContain(httpGet.path);
      expect(portNamed(httpGet.port)).toBe(settings.port);
    }
    // A restart does not bring Redis back, so only readiness asks for it.
    expect([startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      ...['/livez', '/readyz', '/livez'],
    ]);
  });

  it('let Prometheus scrape the port of the metrics', () => {
    const { annotations } = deployment.template.metadata;
    expect(settings.metrics).toEqual({ kind: 'own-port', port: portNamed('metrics') });
    expect(annotations).toMatchObject({
      'prometheus.io/port': String(portNamed('metrics')),
      'prometheus.io/path': metricsPath,
    });
  });

  it('replace no pod before its successor is ready, and leave it time to be taken out and to end its turns', () => {
    const { readinessProbe } = container;
    expect([deployment.replicas, deployment.strategy.rollingUpdate.maxUnavailable]).toEqual([3, 0]);
    const noticedMs =
      1_000 *
      (readinessProbe.periodSeconds * readinessProbe.failureThreshold + readinessProbe.timeoutSeconds);
    expect(settings.shutdownDelayMs).toBeGreaterThanOrEqual(noticedMs);
    const endsMs = settings.shutdownDelayMs + settings.shutdownGraceMs + lastAnswersMs;
    expect(1_000 * pod.terminationGracePeriodSeconds).toBeGreaterThan(endsMs);
    expect(settings.shutdownGraceMs).toBeGreaterThan(settings.turnTimeoutMs);
  });

  it('run the image as a user without rights, on a root file system that is read-only', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1_000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts).toEqual([{ name: pod.volumes[0]?.name, mountPath: '/tmp' }]);
  });

  it('belong together: selectors, ports and the host of PUBLIC_URL', () => {
    const { labels } = deployment.template.metadata;
    const selects = z.object({ spec: z.object({ selector: texts }) });
    const matches = z.object({ spec: z.object({ selector: z.object({ matchLabels: texts }) }) });
    expect(deployment.selector.matchLabels).toEqual(labels);
    expect(selects.parse(manifestOf('Service')).spec.selector).toEqual(labels);
    expect(matches.parse(manifestOf('PodDisruptionBudget')).spec.selector.matchLabels).toEqual(labels);
    expect(manifestOf('NetworkPolicy')).toMatchObject({
      spec: {
        podSelector: { matchLabels: labels },
        ingress: [{ ports: [{ port: 'http' }] }, { ports: [{ port: 'metrics' }] }],
      },
    });
    const { name } = manifestOf('Service').metadata;
    const backend = { service: { name, port: { name: 'http' } } };
    expect(manifestOf('Service')).toMatchObject({ spec: { ports: [{ name: 'http', targetPort: 'http' }] } });
    const { host } = new URL(settings.publicUrl ?? '');
    expect(manifestOf('Ingress')).toMatchObject({
      spec: { tls: [{ hosts: [host] }], rules: [{ host, http: { paths: [{ path: '/', backend }] } }] },
    });
  });

  it('give the ingress the values of the configuration for nginx', async () => {
    const nginx = await read('deploy/nginx/turnkeeper.conf');
    const { annotations } = z.object({ annotations: texts }).parse(manifestOf('Ingress').metadata);
    const prefix = 'nginx.ingress.kubernetes.io/';
    expect(annotations).toEqual({
      [`${prefix}proxy-body-size`]: directiveOf(nginx, 'client_max_body_size'),
      [`${prefix}proxy-buffering`]: directiveOf(nginx, 'proxy_buffering'),
      [`${prefix}proxy-http-version`]: directiveOf(nginx, 'proxy_http_version'),
      [`${prefix}proxy-connect-timeout`]: directiveOf(nginx, 'proxy_connect_timeout').replace('s', ''),
      [`${prefix}proxy-read-timeout`]: directiveOf(nginx, 'proxy_read_timeout').replace('s', ''),
      [`${prefix}proxy-next-upstream`]: directiveOf(nginx, 'proxy_next_upstream'),
    });
  });
});
