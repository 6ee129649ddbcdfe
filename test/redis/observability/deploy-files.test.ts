import { readFile } from 'node:fs/promises';
import { parser } from '@prometheus-io/lezer-promql';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AgentFailure } from '../../../server/testing/index.ts';
import { post } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';
import { nameOf, scrape } from '../../support/scrape.ts';

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Turnkeeper[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1) }),
        }),
      ),
    }),
  ),
});

const dashboardSchema = z.looseObject({
  panels: z.array(
    z.looseObject({
      title: z.string(),
      targets: z.array(z.looseObject({ expr: z.string() })).min(1),
    }),
  ),
});

const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

const alerts = rulesSchema
  .parse(parseYaml(await read('deploy/prometheus-alerts.yml')))
  .groups.flatMap(({ rules }) => rules);
const { panels } = dashboardSchema.parse(JSON.parse(await read('deploy/grafana-dashboard.json')));

/** Every query of the files, with Grafana's own variables filled in. */
const queries = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
].map(([where, expr]) => [where, expr.replaceAll('$__rate_interval', '5m')] as const);

/** The selectors of a query by Prometheus' own grammar: the metric's name, and the labels that are matched or kept. */
function readQuery(expr: string) {
  const metrics: string[] = [];
  const labels: string[] = [];
  let isBroken = false;
  parser.parse(expr).iterate({
    enter: ({ type, name, from, to, node }) => {
      if (type.isError) isBroken = true;
      if (name === 'VectorSelector') {
        const identifier = node.getChild('Identifier');
        if (identifier !== null) metrics.push(expr.slice(identifier.from, identifier.to));
      }
      if (name === 'LabelName') labels.push(expr.slice(from, to));
    },
  });
  return { metrics, labels, isBroken };
}

/** The names and labels of the series that a real run has. */
const names = new Set<string>();
const labelNames = new Set<string>(['instance']);

beforeAll(async () => {
  await using server = await startTestServer({ env: { METRICS_PORT: '0' } });
  server.agent.willAnswer({ text: 'Yes' }, new AgentFailure('refused', 'throttled'));
  const turn = (turnId: string) => ({
    ...{ conversationId: 'c', workflowId: 'travel', turnId },
    input: { type: 'text', text: 'hello' },
  });
  await post(server.url, 'workflow.turn', turn('t1'));
  await post(server.url, 'workflow.turn', turn('t2'));
  for (const series of (await scrape(server.metricsUrl ?? '')).keys()) {
    names.add(nameOf(series));
    for (const [, label = ''] of series.matchAll(/[{,](\w+)="/g)) labelNames.add(label);
  }
  // Series that have a sample only once there is trouble: their types are declared in any scrape.
  const declared = await readDeclared(server.metricsUrl ?? '');
  for (const name of declared) names.add(name);
  for (const label of ['procedure', 'reason']) labelNames.add(label);
});

async function readDeclared(url: string): Promise<string[]> {
  const text = await (await fetch(url)).text();
  return [...text.matchAll(/^# TYPE (\S+) (?:counter|gauge)$/gm)].map(([, name = '']) => name);
}

describe.each(queries)('the query of "%s": %s', (_where, expr) => {
  it('is PromQL, and names metrics and labels that a server has', () => {
    const { metrics, labels, isBroken } = readQuery(expr);
    expect(isBroken).toBe(false);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !names.has(name))).toEqual([]);
    expect(labels.filter((name) => !labelNames.has(name))).toEqual([]);
  });
});

describe('the files', () => {
  it('use every metric of ours', () => {
    const used = new Set(queries.flatMap(([, expr]) => readQuery(expr).metrics.map(withoutPart)));
    const ours = [...names].filter((name) => name.startsWith('turnkeeper_')).map(withoutPart);
    expect([...new Set(ours)].filter((name) => !used.has(name))).toEqual([]);
  });

  it('name each alert once, and the docs say what to do about each', async () => {
    const docs = await read('docs/observability.md');
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    expect(alerts.filter(({ alert }) => !docs.includes(`| \`${alert}\` |`))).toEqual([]);
  });
});

describe('the docs', () => {
  it('have a row for every metric of ours, and no other', async () => {
    const docs = await read('docs/observability.md');
    const rows = [...docs.matchAll(/^\| `(turnkeeper_\w+)` \|/gm)].map(([, name = '']) => name);
    const ours = [...names].filter((name) => name.startsWith('turnkeeper_')).map(withoutPart);
    expect(rows.toSorted()).toEqual([...new Set(ours)].toSorted());
  });
});

/** A histogram's name, of one of its series. */
function withoutPart(name: string): string {
  return name.replace(/_seconds_(bucket|sum|count)$/, '_seconds');
}
