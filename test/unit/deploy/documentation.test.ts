import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { KNOWN_VARIABLES } from '../../../src/config/unknown-names.js';
import { parseRedisAddress } from '../../../src/store/redis/redis-address.js';

const GUIDE = readFileSync('docs/deploy.md', 'utf8');
const UNIT = readFileSync('deploy/gatehouse.service', 'utf8');
const USERS = readFileSync('deploy/redis/users.acl.template', 'utf8');

/** The first block of that language. */
function blockOf(language: string): string {
  const [, text = ''] = new RegExp(`^\`\`\`${language}\\n([^]*?)\n\`\`\`$`, 'm').exec(GUIDE) ?? [];
  return text;
}

describe('docs/deploy.md', () => {
  it.each([
    ['it', GUIDE],
    ['the unit', UNIT],
  ])('names no setting that there is not: %s', (_case, text) => {
    // Kubernetes sets these in its own way.
    const ours = text.match(/GATEHOUSE_[A-Z_]+/g)?.filter((name) => !name.startsWith('GATEHOUSE_SERVICE_'));
    expect(new Set(ours).size).toBeGreaterThan(3);
    expect(ours?.filter((name) => !KNOWN_VARIABLES.includes(name))).toEqual([]);
  });

  it('shows the user of Redis that the tests hold against the commands', () => {
    const [, shown = ''] = /<!-- acl -->\n```\n(.*)\n```/.exec(GUIDE) ?? [];
    const lines = USERS.split('\n').map((line) =>
      line.replace('@PASSWORD_SHA256@', 'SHA256-OF-THE-PASSWORD'),
    );
    expect(lines).toContain(shown);
    for (const line of lines.slice(0, 2)) expect(GUIDE).toContain(`\`${line}\``);
  });

  it('shows addresses that can be taken', () => {
    const section = GUIDE.slice(GUIDE.indexOf('## Redis'), GUIDE.indexOf('### The user of Redis'));
    const addresses = [...section.matchAll(/^\| `(redis(?:\+\w+)?:\S*)`/gm)].map(
      ([, address = '']) => address,
    );
    expect(addresses.map((address) => parseRedisAddress(address).kind)).toEqual([
      'single',
      'sentinel',
      'cluster',
    ]);
    const query = /`(\?sentinelUsername=\S*)`/.exec(section)?.[1] ?? '';
    expect(parseRedisAddress(`redis+sentinel://host/name${query}`).sentinel?.login).toEqual({
      username: 'USER',
      password: 'PASSWORD',
    });
    const schemes = [...section.matchAll(/`(rediss[+a-z]*:\/\/)`/g)].map(([, scheme = '']) => scheme);
    expect(schemes).toHaveLength(3);
    for (const scheme of schemes)
      expect(parseRedisAddress(`${scheme}host${scheme.includes('sent') ? '/n' : ''}`).hasTls).toBe(true);
  });

  it('shows a Deployment that is YAML, and reads secrets where they are mounted', () => {
    const deployment = parse(blockOf('yaml')) as {
      spec: {
        template: {
          spec: {
            containers: [{ env: { name: string; value: string }[]; volumeMounts: [{ mountPath: string }] }];
          };
        };
      };
    };
    const [{ env, volumeMounts }] = deployment.spec.template.spec.containers;
    const files = env.filter(({ name }) => name.endsWith('_FILE'));
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter(({ value }) => !value.startsWith(`${volumeMounts[0].mountPath}/`))).toEqual([]);
  });
});

describe('the unit of systemd', () => {
  it('loads every secret that it passes on', () => {
    const loaded = [...UNIT.matchAll(/^LoadCredential=(\S+?):/gm)].map(([, name]) => name);
    const passed = [...UNIT.matchAll(/^Environment=\w+_FILE=%d\/(\S+)$/gm)].map(([, name]) => name);
    expect(loaded.length).toBe(4);
    expect(passed).toEqual(loaded);
  });
});
