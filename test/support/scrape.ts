/** The series of a scrape, by name and labels as Prometheus writes them: `turnkeeper_turns_total{outcome="committed"}`. */
export type Scrape = ReadonlyMap<string, number>;

const linePattern = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+\})?) (\S+)$/;

/** Reads Prometheus' text format, and demands that each series is declared and is there once. */
function parseScrape(text: string): Scrape {
  const series = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, declared, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (declared !== undefined && type !== undefined) {
      if (types.has(declared)) throw new Error(`${declared} is declared twice`);
      types.set(declared, type);
      continue;
    }
    const [, name, value] = linePattern.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a line of metrics: ${line}`);
    if (series.has(name)) throw new Error(`${name} is there twice`);
    const metric = nameOf(name);
    const isDeclared = types.has(metric) || types.has(metric.replace(/_(bucket|sum|count)$/, ''));
    if (!isDeclared) throw new Error(`${name} has no type`);
    series.set(name, value === 'Nan' ? NaN : Number(value.replace('+Inf', 'Infinity')));
  }
  return series;
}

/** The name of a series, without its labels. */
export function nameOf(series: string): string {
  return series.replace(/\{.*$/s, '');
}

/** Scrapes a server, as Prometheus does. */
export async function scrape(url: string, token?: string): Promise<Scrape> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return parseScrape(text);
}
