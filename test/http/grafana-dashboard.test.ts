/** docs/grafana-dashboard.json against what a running service answers at /metrics. */
import { readFileSync } from 'node:fs';
import { allowAll, documentOf } from '../support/e2e/document.js';
import { eventually } from '../support/e2e/eventually.js';
import { call, check } from '../support/http/call.js';
import { metrics } from '../support/http/management.js';
import { startRedis, type RedisServer } from '../support/redis.js';
import { redisSettings } from '../support/redis-settings.js';
import { startTestService, type TestService } from '../support/service.js';

const TOKEN = 'the token of the one who reads the metrics';
const DOCUMENT = documentOf({
  clients: [{ username: 'device', password: 'right', roles: ['all'] }],
  roles: { all: allowAll('#') },
});

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}

const dashboard = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8')) as Dashboard;
const queries = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.flatMap(({ definition = [] }) => definition),
];

/** The words of PromQL, and of Grafana's variables, that are used. */
const LANGUAGE = new Set([
  ...['sum', 'max', 'min', 'count', 'rate', 'increase', 'histogram_quantile', 'time', 'label_values'],
]);
/** Labels that a scraper adds, and that of histograms. */
const ADDED = ['instance', 'le'];

/** A query without its texts, selectors, ranges and groupings: what is left of names are functions and metrics. */
function namesIn(query: string): readonly string[] {
  const bare = query
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\bby \([^)]*\)/g, ' ')
    .replace(/, instance\)$/, ')');
  return bare.match(/[A-Za-z_:][\w:]*/g) ?? [];
}

/** The labels by which a query selects or groups. */
function labelsIn(query: string): readonly string[] {
  const selecting = [...query.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label);
  const grouping = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
  return [...selecting, ...grouping];
}

let redis: RedisServer;
let service: TestService;
/** The same with its realm in Redis, where there is more to measure. */
let fleet: TestService;
let names: ReadonlySet<string>;
let labels: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
  service = await startTestService({ document: DOCUMENT, settings: { adminTokens: [TOKEN] } });
  for (const password of ['right', 'wrong']) {
    await check(service.url, '/auth/user', { username: 'device', clientid: 'c', password });
  }
  redis = await startRedis();
  fleet = await startTestService({
    document: '',
    settings: { adminTokens: [TOKEN], redis: redisSettings(redis.url) },
  });
  // A change that was made, so that there is a sample of each.
  await eventually(
    async () => (await call(fleet.url, '/health/ready', { method: 'GET' })).status,
    (status) => status === 200,
    30_000,
  );
  const texts = await Promise.all(
    [service, fleet].map(async ({ url }) => (await metrics(url, `Bearer ${TOKEN}`)).text),
  );
  const text = texts.join('\n');
  names = new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
    ),
  );
  const found = new Map<string, Set<string>>();
  for (const [, name = '', given = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name) ?? new Set(ADDED);
    for (const [, label = ''] of given.matchAll(/(\w+)="/g)) known.add(label);
    found.set(name, known);
  }
  labels = found;
});
afterAll(async () => {
  await Promise.all([service.close(), fleet.close()]);
  await redis.stop();
});

describe('docs/grafana-dashboard.json', () => {
  it('asks for something in every panel', () => {
    const silent = dashboard.panels.filter(
      ({ type, targets = [] }) => (targets.length === 0) !== (type === 'row'),
    );
    expect(silent).toEqual([]);
    expect(queries.length).toBeGreaterThan(30);
  });

  it.each(queries)('asks for metrics that there are: %s', (query) => {
    const metricNames = namesIn(query).filter((name) => !LANGUAGE.has(name));
    expect(metricNames.length).toBeGreaterThan(0);
    expect(metricNames.filter((name) => !names.has(name))).toEqual([]);
    for (const name of metricNames) {
      const known = labels.get(name);
      // Without a sample yet there is nothing to compare with.
      if (known) expect(labelsIn(query).filter((label) => !known.has(label))).toEqual([]);
    }
  });

  it('shows every metric that there is with Redis alone', () => {
    const metricsOfRedis = [...names].filter((name) => /^gatehouse_(?:redis_|clients_held)/.test(name));
    expect(metricsOfRedis.length).toBeGreaterThan(8);
    const shown = queries.join(' ');
    const shownStems = metricsOfRedis.filter((name) =>
      shown.includes(name.replace(/_(?:bucket|sum|count)$/, '')),
    );
    expect(shownStems).toEqual(metricsOfRedis);
  });

  it('would not pass with a metric that is misspelt, in whole or in part', () => {
    for (const wrong of ['gathouse_checks_total', 'gatehouse_check_total', 'gatehouse_checks_total_bucket']) {
      expect(namesIn(`sum by (check) (rate(${wrong}{instance=~"$instance"}[5m]))`)).toContain(wrong);
      expect(names.has(wrong)).toBe(false);
    }
  });

  it('has every panel once, and none over another', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => [
        `${String(x + (i % w))},${String(y + Math.floor(i / w))}`,
        title,
      ]),
    );
    expect(new Set(places.map(([place]) => place)).size).toBe(places.length);
  });
});
