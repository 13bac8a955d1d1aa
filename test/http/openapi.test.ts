import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ACCESSES, ACL_TYPES } from '../../src/dynsec/entities.js';
import { checkOf } from '../../src/http/checks/check-url.js';
import { basic, call, type Answer } from '../support/http/call.js';
import { openWire } from '../support/http/wire.js';
import { DOCUMENT_FILE, OpenApiDocument, valueOf, type Part } from '../support/openapi/document.js';
import { askEverything, nameOf, type Exchange } from '../support/openapi/exchanges.js';
import { PASSWORD } from '../support/openapi/realm.js';
import { registeredIn } from '../support/openapi/routes.js';
import { createFullApp, startServices, type Services } from '../support/openapi/services.js';
import { literalsOf, numbersOf } from '../support/openapi/source-unions.js';

const document = new OpenApiDocument();
const isCheck = (path: string): boolean => path.startsWith('/auth/');
const methodsOf = (path: string): string[] =>
  document.operations.filter((operation) => operation.path === path).map(({ method }) => method);

/** What the application can register, with everything that it can be given. */
const REGISTERED = registeredIn(createFullApp());

/** A document keeps what nobody knows, and goes out with it. */
const KEEPS_MORE = 'GET /v1/document';

/** Every documented answer, told apart as `nameOf` does. */
const DOCUMENTED = document.operations.flatMap(({ method, path, responses }) =>
  [...responses].flatMap(([status, { content }]) =>
    [...(content.size === 0 ? ['-'] : content.keys())].map(
      (type) => `${method} ${path} ${String(status)} ${type}`,
    ),
  ),
);

/** Runs the validator, a module of a kind that tests do not load, on a file or a text. */
function validate(text?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-openapi-'));
  try {
    const file = text === undefined ? DOCUMENT_FILE : join(dir, 'openapi.yaml');
    if (text !== undefined) writeFileSync(file, text);
    const tool = resolve('node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js');
    return spawnSync(process.execPath, [tool, file], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('docs/openapi.yaml', () => {
  const text = readFileSync(DOCUMENT_FILE, 'utf8');

  it('is a valid OpenAPI 3.1 document', () => {
    expect(document.root['openapi']).toMatch(/^3\.1\./);
    expect(JSON.parse(validate())).toEqual({ valid: true });
  });

  it.each([
    ['a member that there is none of', text.replace('operationId:', 'operationid:')],
    [
      'a reference to nothing',
      text.replace("'#/components/responses/Live'", "'#/components/responses/Alive'"),
    ],
  ])('would not be valid with %s', (_what, changed) => {
    expect(changed).not.toBe(text);
    expect(JSON.parse(validate(changed))).toMatchObject({ valid: false });
  });

  it('has the version of the package, and names every operation once', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(document.at('#/info/version')).toBe(version);
    const names = document.operations.map(({ method, path }) =>
      document.at(`#/paths/${path.replaceAll('/', '~1')}/${method.toLowerCase()}/operationId`),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(document.schemaNames)(
    'has in %s a schema of JSON Schema 2020-12, without unknown words',
    (name) => {
      // Compiled strictly: a misspelt keyword throws.
      expect(() => document.problemsOfValue(undefined, `#/components/schemas/${name}`)).not.toThrow();
    },
  );

  it('has examples that fit their schemas', () => {
    const examples = examplesIn(document.root, '#');
    expect(examples.length).toBeGreaterThan(5);
    expect(examples.flatMap(({ value, schema }) => document.problemsOfValue(value, schema))).toEqual([]);
  });

  const undecided = literalsOf('src/gate/errors.ts', 'UndecidedReason').map(
    (reason) => `undecided: ${reason}`,
  );
  it.each([
    ['AllowReason', literalsOf('src/dynsec/decision.ts', 'AllowReason')],
    ['DenyReason', literalsOf('src/dynsec/decision.ts', 'DenyReason')],
    ['LoginRefusal', literalsOf('src/gate/authenticate.ts', 'LoginRefusal')],
    ['SuperuserRefusal', literalsOf('src/gate/superuser.ts', 'SuperuserRefusal')],
    ['UndecidedReason', undecided],
    ['UndecidedWithoutPasswordReason', undecided.filter((reason) => !reason.includes('hash_'))],
    ['RolePath', literalsOf('src/dynsec/decision.ts', 'ReachedRole.path')],
    ['Access', ACCESSES],
    ['AclType', ACL_TYPES],
    ['TracedRole/properties/outcome', literalsOf('src/dynsec/trace.ts', 'TracedRole.outcome')],
    ['TracedRule/properties/outcome', literalsOf('src/dynsec/trace.ts', 'TracedRule.outcome')],
    ['ExplainRequest/properties/access', [...ACCESSES, 'publish', 'receive']],
  ] as const)('has in %s exactly the words of the code', (schema, words) => {
    expect([...document.enumOf(schema)].sort()).toEqual([...words].sort());
  });

  it('has every state of the policy that the code knows', () => {
    const states = ['CurrentPolicy', 'StalePolicy', 'AbsentPolicy'].map((name) =>
      document.at(`#/components/schemas/${name}/properties/state/const`),
    );
    expect(states.sort()).toEqual([...literalsOf('src/gate/ports.ts', 'Health.policy.state')].sort());
  });

  it('has every status that the code has an error for', () => {
    const ofPaths = DOCUMENTED.map((name) => Number(name.split(' ')[2]));
    // 404 and 405 are of no operation: see `x-any-other-request` and `x-any-other-method`.
    const documented = new Set([...ofPaths, 404, 405]);
    const statuses = [...numbersOf('src/http/errors.ts', 'STATUS')];
    const missing = statuses.filter(([, status]) => !documented.has(status)).map(([kind]) => kind);
    expect(missing).toEqual([]);
  });
});

describe('the running service', () => {
  let services: Services;
  let exchanges: readonly Exchange[];

  beforeAll(async () => {
    services = await startServices();
    exchanges = await askEverything(services);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(Object.values(services).map((service) => service.close()));
  });

  const describeExchange = ({ question, answer }: Exchange): string =>
    `${question.service}: ${question.method} ${question.path}${question.query ?? ''} ${String(question.call?.body)}` +
    ` -> ${String(answer.status)} ${answer.text.slice(0, 200)}`;

  it('answers what it was asked as it should', () => {
    const wrong = exchanges.filter(
      ({ question: { status, says = '' }, answer }) =>
        answer.status !== status || !answer.text.includes(says),
    );
    expect(wrong.map(describeExchange)).toEqual([]);
  });

  it('gives no answer that is not documented', () => {
    expect([...new Set(exchanges.map(nameOf))].filter((name) => !DOCUMENTED.includes(name))).toEqual([]);
  });

  it.each(DOCUMENTED)('gives %s as it is documented', (name) => {
    const given = exchanges.filter((exchange) => nameOf(exchange) === name);
    expect(given).not.toEqual([]);
    expect(given.flatMap(problemsOf)).toEqual([]);
  });

  it('gives every documented reason', () => {
    const said = new Set(exchanges.map(({ answer }) => reasonOf(answer)));
    const schemas = ['AllowReason', 'DenyReason', 'LoginRefusal', 'SuperuserRefusal', 'UndecidedReason'];
    const reasons = schemas.flatMap((schema) => document.enumOf(schema));
    expect(reasons.filter((reason) => !said.has(reason))).toEqual([]);
  });

  it('reaches roles by every documented path, and explains all that a trace may say', () => {
    const traces = exchanges.map(({ answer }) => answer.text).join('\n');
    const words = ['RolePath', 'TracedRole/properties/outcome', 'TracedRule/properties/outcome']
      .flatMap((schema) => document.enumOf(schema))
      .filter((word) => !traces.includes(`"${word}"`));
    expect(words).toEqual([]);
  });

  it('says in JSON and in text the same', () => {
    const byQuestion = new Map<string, Set<string>>();
    for (const { question, answer } of exchanges.filter(({ question: { path } }) => isCheck(path))) {
      const key = [question.service, question.path, question.call?.body, question.status].join(' ');
      const said = reasonOf(answer) || 'ok';
      byQuestion.set(key, (byQuestion.get(key) ?? new Set()).add(said));
    }
    expect([...byQuestion].filter(([, said]) => said.size > 1)).toEqual([]);
  });

  it('would not fit if it said any more than is documented', () => {
    const bodies = exchanges.filter(
      ({ question: { method, path }, answer }) =>
        answer.headers['content-type']?.includes('json') === true && `${method} ${path}` !== KEEPS_MORE,
    );
    const extended = bodies.flatMap((exchange) =>
      extend(valueOf(exchange.answer)).map((value) => ({ exchange, value })),
    );
    const fitting = extended.filter(({ exchange: { question, answer }, value }) => {
      const text = JSON.stringify(value);
      return problemsOf({ question, answer: { ...answer, text } }).length === 0;
    });
    expect(extended.length).toBeGreaterThan(bodies.length);
    expect(fitting.map(({ value }) => JSON.stringify(value))).toEqual([]);
  });

  it('would fit with more only where a document keeps what nobody knows', () => {
    const schema = '#/components/schemas/ExportedDocument';
    const given = exchanges.filter(
      ({ question: { method, path }, answer }) =>
        `${method} ${path}` === KEEPS_MORE && answer.text.includes('anonymousGroup'),
    );
    const places = given.flatMap(({ answer }) =>
      extend(valueOf(answer))
        .filter((value) => document.problemsOfValue(value, schema).length === 0)
        .map((value) => placeOf(value)),
    );
    expect([...new Set(places)].sort()).toEqual(['', 'clients', 'groups', 'roles']);
  });

  it('takes a JSON object as a request where it fits the schema, and no other', () => {
    const isPlain = ({ question }: Exchange): boolean =>
      question.call?.headers?.['Content-Type'] === 'application/json' && question.isUnfinished !== true;
    const asked = exchanges.filter(
      (exchange) => isPlain(exchange) && [200, 400, 403].includes(exchange.answer.status),
    );
    const surprising = asked.filter(({ question: { method, path, call: sent }, answer }) => {
      const { requestSchema = '' } = document.operation(`${method} ${path}`);
      const problems = document.problemsOfValue(JSON.parse(String(sent?.body)), requestSchema);
      return (problems.length === 0) === (answer.status === 400);
    });
    expect(asked.length).toBeGreaterThan(100);
    expect(surprising.map(describeExchange)).toEqual([]);
  });

  const asAdmin = { Authorization: basic('admin', PASSWORD) };

  it.each([
    ...[
      '/',
      '/auth',
      '/auth/',
      '/auth/acl/',
      '/auth/acl/x',
      '/AUTH/ACL',
      '/auth/Acl',
      '/auth%2Facl',
      '//auth/acl',
    ],
    ...[
      '/auth/acl;a',
      '/auth/./acl',
      '/health',
      '/health/',
      '/health/live/',
      '/Health/live',
      '/health/ready/x',
    ],
    ...[
      '/metrics/',
      '/Metrics',
      '/v1',
      '/v1/',
      '/v1/explain/',
      '/v1/Explain',
      '/V1/explain',
      '/openapi.yaml',
    ],
  ])('has nothing at %s', async (path) => {
    const notFound = document.responseAt('#/x-any-other-request');
    for (const method of ['GET', 'POST']) {
      const answer = await call(services.plain.url, path, { method, headers: asAdmin });
      expect([answer.status, document.problemsOfAnswer(answer, notFound)]).toEqual([404, []]);
    }
  });

  it.each(Object.keys(document.at('#/paths') as Part))('answers at %s no other methods', async (path) => {
    const documented = methodsOf(path);
    const [status, reference] = isCheck(path)
      ? [405, `#/paths/${path.replaceAll('/', '~1')}/x-any-other-method`]
      : [404, '#/x-any-other-request'];
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
      if (documented.includes(method)) continue;
      const answer = await call(services.plain.url, document.exampleOf(path), { method, headers: asAdmin });
      const problems = document.problemsOfAnswer(answer, document.responseAt(reference));
      expect([method, answer.status, problems]).toEqual([method, status, []]);
    }
  });

  it.each(document.operations.map(({ path }) => path).filter((path) => !isCheck(path)))(
    'tells the methods of %s to who asks, and answers HEAD as GET',
    async (path) => {
      const hasGet = methodsOf(path).includes('GET');
      const at = document.exampleOf(path);
      const options = await call(services.plain.url, at, { method: 'OPTIONS', headers: asAdmin });
      const allowed = hasGet ? [...methodsOf(path), 'HEAD'] : methodsOf(path);
      expect([options.status, options.headers.allow?.split(', ').sort()]).toEqual([200, allowed.sort()]);
      const get = await call(services.plain.url, at, { method: 'GET', headers: asAdmin });
      const head = await call(services.plain.url, at, { method: 'HEAD', headers: asAdmin });
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(get.status === 200 || get.status === 404).toBe(true);
    },
  );

  it.each([
    ['what is not HTTP', 'NOT HTTP\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'an expectation that it cannot meet',
      'GET /health/live HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nConnection: close\r\n\r\n',
      'HTTP/1.1 417 Expectation Failed',
    ],
  ])('refuses %s without a body', async (_what, bytes, start) => {
    const wire = await openWire(services.plain.url);
    wire.send(bytes);
    const [head, body] = (await wire.untilClosed(15_000)).split('\r\n\r\n');
    expect(head?.split('\r\n')[0]).toBe(start);
    // Nothing, or a chunk of nothing.
    expect(['', '0']).toContain(body);
  });

  it('serves of the routes of the application those that are documented, and no other', async () => {
    const documented = document.operations.filter(({ path }) => !isCheck(path));
    const names = documented.map(({ method, path }) => `${method} ${path}`);
    expect(names.filter((name) => !REGISTERED.routes.includes(name))).toEqual([]);
    expect(REGISTERED.routes.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('has nothing before its routes that could answer another path', () => {
    // The checks; who may see metrics; whose request is taken under /v1, and who may ask there; 404; errors.
    expect(REGISTERED.middlewares).toEqual(['*', '/metrics', '/v1', '/v1', '*', '* (errors)']);
  });

  it('has a documented path for each check', () => {
    const paths = Object.keys(document.at('#/paths') as Part).filter(isCheck);
    const kinds = literalsOf('src/gate/ports.ts', 'CheckEvent.check');
    expect(paths.map((path) => checkOf(path)).sort()).toEqual([...kinds].sort());
  });
});

/** What keeps an exchange from fitting the document. */
function problemsOf({ question, answer }: Exchange): readonly string[] {
  const { responses } = document.operation(`${question.method} ${question.path}`);
  const response = responses.get(answer.status);
  const problems = response ? document.problemsOfAnswer(answer, response) : ['it is not documented'];
  return problems.map((problem) => `${answer.text.slice(0, 300)}: ${problem}`);
}

/** The reason that an answer names, in whatever form it does. */
function reasonOf(answer: Answer): string {
  const value = valueOf(answer);
  if (typeof value === 'string') return value === 'ok' ? '' : value;
  const { reason, error } = value as { readonly reason?: string; readonly error?: string };
  return reason ?? error ?? '';
}

/** Copies of a value, each with one more member in one of its objects. */
function extend(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((element, i) => extend(element).map((other) => value.with(i, other)));
  }
  if (typeof value !== 'object' || value === null) return [];
  const members = Object.entries(value);
  const deeper = members.flatMap(([name, member]) =>
    extend(member).map((other) => ({ ...value, [name]: other })),
  );
  return [{ ...value, undocumented: 1 }, ...deeper];
}

/** Where `extend` has added a member: the names on the way to it, without places in lists. */
function placeOf(value: unknown): string {
  const [, way = ''] = /^(.*)\/undocumented$/m.exec(namesIn(value).join('\n')) ?? [];
  return way.replaceAll(/\/\d+/g, '').replace(/^\//, '');
}

/** Pointers to everything in a value. */
function namesIn(value: unknown, pointer = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    `${pointer}/${name}`,
    ...namesIn(member, `${pointer}/${name}`),
  ]);
}

/** Every example of the document, with a pointer to the schema beside it. */
function examplesIn(
  part: unknown,
  pointer: string,
): readonly { readonly value: unknown; readonly schema: string }[] {
  if (typeof part !== 'object' || part === null) return [];
  const { examples, schema } = part as { examples?: Readonly<Record<string, Part>>; schema?: unknown };
  const own = schema === undefined ? [] : Object.values(examples ?? {});
  return [
    ...own.map(({ value }) => ({ value: value, schema: `${pointer}/schema` })),
    ...Object.entries(part).flatMap(([name, member]) =>
      examplesIn(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    ),
  ];
}
