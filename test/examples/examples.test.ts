import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LintFinding } from '../../src/dynsec/lint/lint-finding.js';
import { expandTemplate } from '../../src/gate/templates/expand-template.js';
import { loadTemplates } from '../../src/templates/load-templates.js';
import { verifyPolicy } from '../support/policy-files.js';

const FOLDER = 'examples';

/** Every folder with a policy, and those of its variants. */
const EXAMPLES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('dynamic-security.json'))
  .map((path) => path.slice(0, path.lastIndexOf('/')))
  .sort();

/** What is found in a policy, and is meant to be there; that nobody has a password aside. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  'acl-file-migration': [
    'unbound-clientid: role every-anonymous-client',
    'unbound-clientid: role every-client',
  ],
  'jailed-devices': ['cannot-publish: dashboard'],
  'role-priority/acl-priority': ['contradicting-roles: user'],
  'role-priority/publish-denied': ['cannot-publish: user'],
  'sites-and-servers': ['missing-attribute: role site-hierarchy', 'missing-attribute: role site-hierarchy'],
};

/** Rules that decide nothing, which is what these examples are about. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  'role-priority/acl-priority': ['role `role2`: deny subscribePattern `test`, priority 5'],
  'role-priority/publish-allowed': ['role `role1`: allow subscribePattern `test`, priority 0'],
  'role-priority/publish-denied': ['role `role1`: allow subscribePattern `test`, priority 0'],
};

const NAMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('the examples', () => {
  it('are those that are promised', () => {
    expect(EXAMPLES).toEqual([
      'acl-file-migration',
      'anonymous-group',
      'jailed-devices',
      'role-priority/acl-priority',
      'role-priority/publish-allowed',
      'role-priority/publish-denied',
      'sites-and-servers',
    ]);
  });

  it('are all told of, and so is what to expect of each', () => {
    const all = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    for (const name of NAMES) expect(all).toContain(`[${name}](${name})`);
    for (const example of EXAMPLES) {
      const readme = readFileSync(join(FOLDER, example.split('/')[0] ?? '', 'README.md'), 'utf8');
      const folder = `${FOLDER}/${example}`;
      expect(readme).toContain(`npx gatehouse verify ${folder}/dynamic-security.json ${folder}/cases.yaml\n`);
    }
  });

  it.each(EXAMPLES)('%s decides every case as expected, and has a case for every rule', async (name) => {
    const { checks, failures, unexercised } = await verifyExample(name);
    expect(failures).toEqual([]);
    expect(unexercised).toEqual(WITHOUT_EFFECT[name] ?? []);
    expect(checks).toBeGreaterThan(3);
  });

  it.each(EXAMPLES)('%s holds no mistake but those that it is about', async (name) => {
    const { findings } = await verifyExample(name);
    const others = findings.filter(({ id }) => id !== 'no-password');
    expect(others.map(describeFinding)).toEqual(MEANT[name] ?? []);
  });

  it('have their roles from the templates of the same name', async () => {
    const catalogue = await loadTemplates('templates');
    const roles = EXAMPLES.flatMap((name) => rolesOf(name)).filter(({ rolename }) => catalogue.has(rolename));
    const made = roles.map(({ rolename }) => {
      const template = catalogue.get(rolename);
      return template && expandTemplate({ template, values: new Map() });
    });
    expect(roles).toEqual(made);
    expect(roles.map(({ rolename }) => rolename)).toEqual([
      'jailed-device',
      'read-only-observer',
      'site-hierarchy',
    ]);
  });
});

const verifyExample = (name: string) =>
  verifyPolicy(join(FOLDER, name, 'dynamic-security.json'), join(FOLDER, name, 'cases.yaml'));

function rolesOf(name: string): readonly { readonly rolename: string }[] {
  return JSON.parse(readFileSync(join(FOLDER, name, 'dynamic-security.json'), 'utf8')).roles;
}

function describeFinding({ id, entity }: LintFinding): string {
  switch (entity.kind) {
    case 'clients':
      return `${id}: ${entity.usernames.join(', ')}`;
    case 'role':
    case 'acl':
      return `${id}: role ${entity.rolename}`;
    default:
      return id;
  }
}
