import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readComposeFile } from '../support/deploy/compose-file.js';
import type { Secrets } from '../support/deploy/secrets.js';
import { createSecrets } from '../support/deploy/secrets.js';
import { buildPlugin } from '../support/e2e/build-plugin.js';
import { eventually } from '../support/e2e/eventually.js';
import type { Gatehouse } from '../support/e2e/gatehouse.js';
import { startGatehouse } from '../support/e2e/gatehouse.js';
import type { MqttClients } from '../support/e2e/mqtt-clients.js';
import { mqttClients, NOT_AUTHORIZED } from '../support/e2e/mqtt-clients.js';
import { call } from '../support/http/call.js';
import { startMosquitto } from '../support/mosquitto.js';
import { askRedis } from '../support/redis-ask.js';
import type { RedisServer } from '../support/redis.js';
import { startRedis } from '../support/redis.js';

/** Looks at Redis from outside. */
const ROOT = { username: 'root', password: 'root' };

/** A text with each of these in the place of what it stands for in a container; all of them have to occur. */
function replaced(text: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((result, [place, here]) => {
    if (!result.includes(place)) throw new Error(`there is no ${place} any more`);
    return result.replaceAll(place, here);
  }, text);
}

/** All of docker-compose.yml as processes of this machine: the same files, options and variables. */
describe('the deployment of docker-compose.yml', () => {
  const compose = readComposeFile();
  const undo: (() => unknown)[] = [];
  let secrets: Secrets;
  let redis: RedisServer;
  let dir: string;
  const instances: Gatehouse[] = [];
  const brokers: MqttClients[] = [];

  async function startStore(): Promise<RedisServer> {
    const [, conf = ''] =
      /^\.(\/.*?):.*redis\.conf:ro$/m.exec((compose.services['redis']?.volumes ?? []).join('\n')) ?? [];
    const users = `${secrets.read('redis-users.acl')}\nuser root on >root ~* &* +@all\n`;
    const config = replaced(readFileSync(`.${conf}`, 'utf8'), {
      '/run/secrets/redis-users.acl': 'users.acl',
      'dir /data': 'dir .',
      'bind * -::*': 'bind 127.0.0.1',
      'port 6379': '',
    });
    return startRedis({ config: 'redis.conf', files: { 'redis.conf': config, 'users.acl': users } });
  }

  function environmentOf(name: string): Record<string, string> {
    const entries = Object.entries(compose.services[name]?.environment ?? {});
    return Object.fromEntries(
      entries.map(([variable, value]) => [variable, value.replace('/run/secrets/', `${secrets.dir}/`)]),
    );
  }

  async function startInstance(name: string): Promise<Gatehouse> {
    const url = replaced(secrets.read('redis-url'), { '@redis:6379': `@127.0.0.1:${redis.port}` });
    writeFileSync(join(dir, 'redis-url'), url);
    const env = { ...environmentOf(name), GATEHOUSE_REDIS_URL_FILE: join(dir, 'redis-url') };
    return startGatehouse({ file: join(dir, `${name}.json`), env });
  }

  async function startBroker(name: string, plugin: string, checkPort: number): Promise<MqttClients> {
    const asks = replaced(secrets.read(`${name}.conf`), {
      '/mosquitto/go-auth.so': plugin,
      '@gatehouse': '@127.0.0.1',
      'http_port 8790': `http_port ${checkPort}`,
    });
    const broker = await startMosquitto({
      files: { 'secrets/go-auth.conf': `${asks}\n` },
      config: (folder, port) =>
        replaced(readFileSync('deploy/mosquitto/mosquitto.conf', 'utf8'), {
          'user mosquitto': '',
          'log_dest stdout': '',
          '/run/secrets': join(folder, 'secrets'),
          '/var/lib/mosquitto/': `${folder}/`,
          'listener 1883': `listener ${port} 127.0.0.1`,
        }),
    });
    const clients = mqttClients(broker.port);
    undo.push(
      () => broker.stop(),
      () => clients.close(),
    );
    return clients;
  }

  beforeAll(async () => {
    secrets = createSecrets();
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-compose-'));
    undo.push(
      () => secrets.remove(),
      () => rmSync(dir, { recursive: true }),
    );
    redis = await startStore();
    undo.push(() => redis.stop());
    const plugin = buildPlugin();
    undo.push(() => plugin.remove());
    for (const [i, suffix] of ['a', 'b'].entries()) {
      const gatehouse = await startInstance(`gatehouse-${suffix}`);
      instances[i] = gatehouse;
      undo.push(() => gatehouse.stop());
      brokers[i] = await startBroker(`broker-${suffix}`, plugin.path, gatehouse.port);
    }
  }, 120_000);
  afterAll(async () => {
    for (const step of undo.reverse()) await step();
  });

  const administer = (i: number, path: string, body?: object, method = body ? 'POST' : 'GET') =>
    call(instances[i]?.url ?? '', path, {
      method,
      headers: { Authorization: `Bearer ${secrets.read('admin-token')}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  /** Runs the health check of a service, as its container does. @returns its exit code. */
  async function healthOf(i: number): Promise<number> {
    const [, , script = '', ...args] = compose.services['gatehouse-a']?.healthcheck.test ?? [];
    const env = { ...process.env, GATEHOUSE_LISTEN: `0.0.0.0:${instances[i]?.port}` };
    const file = script.replace('/app/', 'deploy/');
    return promisify(execFile)(process.execPath, [file, ...args], { env }).then(
      () => 0,
      (error: unknown) => (error as { readonly code: number }).code,
    );
  }

  it('comes up healthy', async () => {
    for (const i of [0, 1])
      await eventually(
        () => healthOf(i),
        (code) => code === 0,
        30_000,
      );
    const [, command = '', ...args] = compose.services['redis']?.healthcheck.test ?? [];
    const { stdout } = await promisify(execFile)(command, ['-p', String(redis.port), ...args]);
    expect(stdout).toBe('PONG\n');
  });

  it('lets a client in at both brokers that was created at one instance, and keeps it to its topics', async () => {
    const commands = [
      {
        command: 'createRole',
        rolename: 'own',
        acls: [{ acltype: 'publishClientSend', topic: 'd/%u', allow: true }],
      },
      { command: 'createClient', username: 'pump', password: 'pump-secret', roles: [{ rolename: 'own' }] },
    ];
    const { status, text } = await administer(0, '/v1/commands?wait=enforced', { commands });
    expect([status, text]).toEqual([200, expect.not.stringContaining('error')]);
    for (const [i, clients] of brokers.entries()) {
      const device = await clients.connect({
        username: 'pump',
        password: 'pump-secret',
        clientId: `pump-${i}`,
      });
      expect(await device.publish('d/pump', 'x')).toBe(0);
      expect(await device.publish('d/other', 'x')).toBe(NOT_AUTHORIZED);
      expect(await clients.tryConnect({ username: 'pump', password: 'wrong', clientId: 'w' })).not.toEqual(
        expect.any(Object),
      );
    }
  });

  it('names its brokers and instances', async () => {
    const { text: metrics } = await administer(1, '/metrics');
    expect(metrics).toMatch(/gatehouse_checks_total\{[^}]*broker="broker-b"/);
    expect(metrics).not.toMatch(/broker="unknown"/);
    const { text: status } = await administer(0, '/v1/status');
    expect((JSON.parse(status) as { instances: { instances: object[] } }).instances.instances).toHaveLength(
      2,
    );
  });

  it('takes whole documents, changes by hand, and all else of an administrator', async () => {
    const { text } = await administer(0, '/v1/document?hashes=true');
    const answers = [
      await administer(1, '/v1/document', JSON.parse(text) as object, 'PUT'),
      await administer(1, '/v1/document?mode=merge', { clients: [{ username: 'valve' }] }, 'PUT'),
      await administer(0, '/v1/changes'),
    ];
    expect(answers.map(({ status, text: answer }) => `${status} ${answer.slice(0, 200)}`)).toEqual(
      answers.map(() => expect.stringMatching(/^200 /)),
    );
  });

  it('keeps to what the user of Redis may do, and keeps what it is told on disk', async () => {
    expect(await askRedis(redis, ['ACL', 'LOG'], ROOT)).toEqual([]);
    expect(await askRedis(redis, ['CONFIG', 'GET', 'appendonly'], ROOT)).toEqual(['appendonly', 'yes']);
    expect(instances.map((instance) => instance.output()).join()).not.toMatch(/the Redis of the realm/);
  });

  it('serves the same after Redis has been stopped and started again', async () => {
    await redis.signal('SIGTERM');
    const device = await brokers[0]?.connect({ username: 'pump', password: 'pump-secret', clientId: 'p' });
    expect(await device?.publish('d/pump', 'x')).toBe(0);
    await redis.restart();
    const create = () =>
      administer(1, '/v1/commands', {
        commands: [
          { command: 'listClients' },
          { command: 'createClient', username: 'late', password: 'late-secret' },
        ],
      });
    await eventually(
      create,
      ({ status, text }) => status === 200 && text.includes('pump') && !text.includes('error'),
      30_000,
    );
    await eventually(
      () => healthOf(0),
      (code) => code === 0,
    );
  });
});
