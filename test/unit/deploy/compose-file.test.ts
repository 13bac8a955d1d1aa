import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { KNOWN_VARIABLES } from '../../../src/config/unknown-names.js';
import type { ComposeService } from '../../support/deploy/compose-file.js';
import { problemsOf, readComposeFile } from '../../support/deploy/compose-file.js';
import type { Secrets } from '../../support/deploy/secrets.js';
import { createSecrets } from '../../support/deploy/secrets.js';

const compose = readComposeFile();
const services: readonly (readonly [string, ComposeService])[] = Object.entries(compose.services);

/** What all services name, each once, in order. */
function namesIn(namesOf: (service: ComposeService) => readonly string[]): string[] {
  return [...new Set(services.flatMap(([, service]) => namesOf(service)))].sort();
}

const sourceOf = (secret: string | { readonly source: string }): string =>
  typeof secret === 'string' ? secret : secret.source;

describe('docker-compose.yml', () => {
  it('is checked strictly', () => {
    const [, redis] = services.find(([name]) => name === 'redis') ?? [];
    expect(problemsOf({ services: { redis } })).toEqual([]);
    expect(problemsOf({ services: { redis: { ...redis, volume: [] } } })).not.toEqual([]);
    expect(problemsOf({ services: { redis: { ...redis, restart: 'maybe' } } })).not.toEqual([]);
    expect(problemsOf({ service: {} })).not.toEqual([]);
  });

  it('declares every network, volume and secret that is used, and no other', () => {
    const networks = namesIn(({ networks }) => (Array.isArray(networks) ? networks : Object.keys(networks)));
    const volumes = namesIn(({ volumes = [] }) => volumes.map((text) => text.split(':', 1)[0] ?? ''));
    expect(networks).toEqual(Object.keys(compose.networks).sort());
    expect(volumes.filter((name) => !name.startsWith('.'))).toEqual(Object.keys(compose.volumes).sort());
    expect(namesIn(({ secrets = [] }) => secrets.map(sourceOf))).toEqual(Object.keys(compose.secrets).sort());
  });

  it('waits for services that there are, none of them for itself', () => {
    for (const [name, { depends_on: needed = {} }] of services) {
      expect(services.map(([other]) => other).filter((other) => other !== name)).toEqual(
        expect.arrayContaining(Object.keys(needed)),
      );
    }
  });

  it('mounts files that there are', () => {
    const mounted = namesIn(({ volumes = [] }) => volumes.map((text) => text.split(':', 1)[0] ?? ''));
    const files = mounted.filter((path) => path.startsWith('.'));
    expect(files).toEqual(['./deploy/mosquitto/mosquitto.conf', './deploy/redis/redis.conf']);
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('sets nothing that Gatehouse does not know, and holds no secret', () => {
    const variables = namesIn(({ environment = {} }) => Object.keys(environment));
    expect(variables.length).toBeGreaterThan(3);
    expect(variables.filter((name) => !KNOWN_VARIABLES.includes(name))).toEqual([]);
    const text = readFileSync('docker-compose.yml', 'utf8');
    expect(text).not.toMatch(/(TOKEN|KEY|URL|PASSWORD): /);
  });

  it('reads each secret where it is put', () => {
    for (const [name, { environment = {}, secrets = [] }] of services) {
      const paths = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
      const given = secrets.map(
        (secret) => `/run/secrets/${typeof secret === 'string' ? secret : secret.target}`,
      );
      if (name.startsWith('gatehouse')) expect(paths.sort()).toEqual([...given].sort());
    }
  });

  it('publishes what administers on this machine alone', () => {
    const open = services.filter(([, { ports = [] }]) =>
      ports.some((port) => !port.startsWith('127.0.0.1:')),
    );
    expect(open.map(([name]) => name)).toEqual(['broker-a', 'broker-b']);
    expect(compose.services['redis']).not.toHaveProperty('ports');
  });
});

describe('deploy/create-secrets.sh', () => {
  let secrets: Secrets;
  beforeAll(() => {
    secrets = createSecrets();
  });
  afterAll(() => secrets.remove());

  it('makes every secret of docker-compose.yml', () => {
    const files = Object.values(compose.secrets).map(
      ({ file }) => /^\.\/deploy\/secrets\/(.+)$/.exec(file)?.[1],
    );
    const made = readdirSync(secrets.dir);
    expect(files.filter((file) => file === undefined || !made.includes(file))).toEqual([]);
    expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain('/deploy/secrets/');
  });

  it('leaves no placeholder, and makes others each time', () => {
    const texts = readdirSync(secrets.dir).map((name) => secrets.read(name));
    expect(texts.join('\n')).not.toMatch(/@[A-Z_]+@/);
    const others = createSecrets();
    for (const name of ['admin-token', 'check-token', 'credential-key', 'redis-password']) {
      expect(secrets.read(name)).toMatch(/^[0-9a-f]{64}$/);
      expect(secrets.read(name)).not.toBe(others.read(name));
    }
    others.remove();
  });

  it('leaves what is there', () => {
    const before = secrets.read('redis-users.acl');
    createSecrets(secrets.dir);
    expect(secrets.read('redis-users.acl')).toBe(before);
  });
});
