/**
 * What is exported is taken again as it is, and says the same: to this service, to another one, and to Debian's real
 * Mosquitto 2.0.11.
 */
import * as fc from 'fast-check';
import type { Access } from '../../src/dynsec/entities.js';
import { BrokerProbe } from '../support/broker-probe.js';
import { ask, documentText, headerOf, startAdministered, succeed } from '../support/http/administration.js';
import { bodyOf, check } from '../support/http/call.js';
import {
  PUBLISHER,
  PASSWORD,
  portableDocument,
  portablePolicy,
  subjectOf,
} from '../support/portable-policies.js';
import { mosquittoPlugin, startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import type { RandomCase } from '../support/request-arbitraries.js';
import { randomCase } from '../support/request-arbitraries.js';
import { testSeed } from '../support/seed.js';
import type { TestService } from '../support/service.js';
import { PASSWORD_CASES } from '../support/stored-passwords.js';

const SEED = testSeed();
const RUNS = 40;
const TIMEOUT_MS = 120_000;
const DENY = { send: false, receive: false };
const POLICIES = 12;
const EMPTY = { clients: [], groups: [], roles: [] };
const ACC: Readonly<Record<Access, number>> = {
  publishClientReceive: 1,
  publishClientSend: 2,
  subscribe: 4,
  unsubscribe: 8,
};

/** Texts, passwords in every form, and members that nobody knows, which random documents do not have. */
function furnished({ config }: RandomCase, strange: unknown): object {
  const furnish = (client: unknown, i: number): unknown =>
    isEntity(client)
      ? {
          ...{ ...client, ...PASSWORD_CASES[i % PASSWORD_CASES.length]?.stored },
          ...{ textname: `client ${String(i)}`, 'x-strange': strange, X: [strange] },
        }
      : client;
  const named = Object.entries(config).map(([name, value]): [string, unknown] => {
    const isList = name.toLowerCase() === 'clients' && Array.isArray(value);
    return [name, isList ? (value as unknown[]).map(furnish) : value];
  });
  return { ...Object.fromEntries(named), changeIndex: 7, 'x-strange': strange };
}

function isEntity(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}

async function put(service: TestService, body: unknown, query = '?force=true'): Promise<string> {
  const answer = await ask(service, `/document${query}`, { body });
  expect(answer).toMatchObject({ status: 200 });
  return headerOf(answer, 'x-gatehouse-revision') ?? '';
}

describe(`an exported document (TEST_SEED=${String(SEED)})`, () => {
  let here: TestService;
  let there: TestService;
  beforeAll(async () => {
    const settings = { allowAnonymous: true };
    here = await startAdministered({ document: EMPTY, settings });
    there = await startAdministered({ document: EMPTY, settings });
  });
  afterAll(async () => {
    await here.close();
    await there.close();
  });

  /** What a service answers to each request. */
  const decisions = ({ url }: TestService, { requests }: RandomCase): Promise<string[]> =>
    Promise.all(
      requests.map(async ({ username, clientid, topic, access }) => {
        return (await check(url, '/auth/acl', { username, clientid, topic, acc: ACC[access] })).text;
      }),
    );

  it(
    'is taken again as it is, to the byte, here and elsewhere, and decides the same',
    async () => {
      const property = fc.asyncProperty(randomCase, fc.jsonValue({ maxDepth: 2 }), async (each, strange) => {
        await put(here, furnished(each, strange));
        const exported = await documentText(here);
        const decided = await decisions(here, each);
        const revision = await put(here, exported);
        // It is what is there already.
        expect((await ask(here, '/document')).headers.etag).toBe(`"${revision}"`);
        expect(await documentText(here)).toBe(exported);
        await put(there, exported);
        expect(await documentText(there)).toBe(exported);
        expect(await decisions(there, each)).toEqual(decided);
        await put(there, JSON.stringify(JSON.parse(exported)), '?mode=merge&force=true');
        expect(await documentText(there)).toBe(exported);
      });
      await fc.assert(property, { seed: SEED, numRuns: RUNS });
    },
    TIMEOUT_MS,
  );

  it('is taken again without a warning where nothing in it was passed over', async () => {
    const document = {
      ...portableDocument(fc.sample(portablePolicy, { seed: SEED, numRuns: 3 }), DENY),
      changeIndex: 1,
    };
    await put(here, document);
    await succeed(here, { command: 'createClient', username: 'new', password: 'p', attributes: { a: 'b' } });
    expect(bodyOf(await ask(here, '/document', { body: await documentText(here) }))).toMatchObject({
      findings: [],
    });
  });

  it('is what the service finds in its file after a restart', async () => {
    await put(here, portableDocument(fc.sample(portablePolicy, { seed: SEED, numRuns: 3 }), DENY));
    await succeed(here, { command: 'createRole', rolename: 'new' });
    const exported = await documentText(here);
    await here.restart();
    expect(await documentText(here)).toBe(exported);
  });
});

describe('a real Mosquitto 2.0.11 with an exported document', () => {
  const policies = fc.sample(portablePolicy, { seed: SEED, numRuns: POLICIES });
  const document = portableDocument(policies, DENY);
  const BOUND = 'its own';
  let service: TestService;
  let broker: Mosquitto;
  let exported: string;

  beforeAll(async () => {
    service = await startAdministered({ document });
    // Not as the file was: the service has written it itself.
    await succeed(
      service,
      { command: 'createRole', rolename: 'new', textname: 'New' },
      { command: 'addClientRole', username: subjectOf(0), rolename: 'new', priority: 3 },
      { command: 'addRoleACL', rolename: 'new', acltype: 'publishClientSend', topic: 'new/#', allow: true },
      { command: 'deleteClient', username: PUBLISHER },
      { command: 'setClientId', username: subjectOf(1), clientid: BOUND },
      { command: 'disableClient', username: subjectOf(2) },
    );
    exported = await documentText(service);
    const plugin = mosquittoPlugin('mosquitto_dynamic_security.so');
    broker = await startMosquitto({
      files: { 'dynamic-security.json': exported },
      config: (dir, port) =>
        [
          `listener ${String(port)} 127.0.0.1`,
          `plugin ${plugin}`,
          `plugin_opt_config_file ${dir}/dynamic-security.json`,
        ].join('\n'),
    });
  });
  afterAll(async () => {
    await broker.stop();
    await service.close();
  });

  const connect = (username: string, clientId: string): Promise<BrokerProbe> =>
    BrokerProbe.connect({ port: broker.port, clientId, username, password: PASSWORD });

  /** Whether the service lets a client in, and whether the broker does. */
  async function logins(
    username: string,
    clientid: string,
  ): Promise<readonly [ours: boolean, theirs: boolean]> {
    const { status } = await check(service.url, '/auth/user', { username, clientid, password: PASSWORD });
    try {
      await (await connect(username, clientid)).close();
    } catch (error) {
      expect(String(error)).toMatch(/not authorized/i);
      return [status === 200, false];
    }
    return [status === 200, true];
  }

  it('finds the passwords in the form in which they came', () => {
    expect(triplesIn(exported)).toEqual(triplesIn(JSON.stringify(document)));
    expect(triplesIn(exported)).toHaveLength(POLICIES);
  });

  it('lets those in whom the service lets in', async () => {
    expect(await logins(subjectOf(0), 'any')).toEqual([true, true]);
    expect(await logins(subjectOf(1), BOUND)).toEqual([true, true]);
    expect(await logins(subjectOf(1), 'another')).toEqual([false, false]);
    expect(await logins(subjectOf(2), 'any')).toEqual([false, false]);
    expect(await logins(PUBLISHER, 'any')).toEqual([false, false]);
  });

  it(
    'decides every publish as the service does',
    async () => {
      const allowed: boolean[] = [];
      for (const [i, { topics }] of policies.entries()) {
        if (i === 2) continue;
        const [username, clientid] = [subjectOf(i), i === 1 ? BOUND : 'any'];
        const probe = await connect(username, clientid);
        for (const topic of [...topics, 'new/a']) {
          const { status } = await check(service.url, '/auth/acl', { username, clientid, topic, acc: 2 });
          const theirs = await probe.mayPublish(topic);
          expect({ username, topic, allowed: status === 200 }).toEqual({ username, topic, allowed: theirs });
          allowed.push(theirs);
        }
        await probe.close();
      }
      expect(allowed.filter((each) => each).length).toBeGreaterThan(20);
      expect(allowed.filter((each) => !each).length).toBeGreaterThan(20);
    },
    TIMEOUT_MS,
  );
});

/** The passwords of the clients, as they are stored, in the order of the names. */
function triplesIn(text: string): readonly unknown[] {
  const { clients } = JSON.parse(text) as { readonly clients: readonly Readonly<Record<string, unknown>>[] };
  return clients
    .filter(({ username }) => username !== PUBLISHER)
    .sort((a, b) => (String(a['username']) < String(b['username']) ? -1 : 1))
    .map(({ username, password, salt, iterations }) => ({ username, password, salt, iterations }));
}
