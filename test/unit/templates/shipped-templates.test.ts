import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import type { LintFinding } from '../../../src/dynsec/lint/lint-finding.js';
import { lint } from '../../../src/dynsec/lint/lint.js';
import { expandTemplate } from '../../../src/gate/templates/expand-template.js';
import type { TemplateCatalogue } from '../../../src/gate/templates/role-template.js';
import { loadTemplates } from '../../../src/templates/load-templates.js';
import { verifyPolicy } from '../../support/policy-files.js';

const FOLDER = 'templates';
const NAMES = readdirSync(FOLDER);

/** What is found, and is meant to be there: an example has somebody for whom the role does not work. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  'group-shared': ['cannot-publish eve'],
  'jailed-user': ['unsafe-value'],
  'shared-subscriber': ['cannot-publish worker1, worker2'],
};

const OPTIONS = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;

describe('the templates that ship with the product', () => {
  let catalogue: TemplateCatalogue;

  beforeAll(async () => {
    catalogue = await loadTemplates(FOLDER);
  });

  it('are those that are promised', () => {
    expect([...catalogue.keys()]).toEqual([
      'bridge',
      'group-shared',
      'home-assistant',
      'jailed-device',
      'jailed-user',
      'read-only-observer',
      'shared-subscriber',
      'site-hierarchy',
      'sparkplug-node',
    ]);
  });

  it('make, with values that they take, roles about topics that there are', async () => {
    const made = (name: string, ...values: readonly (readonly [string, string])[]): readonly string[] => {
      const template = catalogue.get(name);
      if (!template) throw new Error('there is no such template');
      const role = expandTemplate({ template, values: new Map(values) });
      const { configuration, findings } = parseConfiguration({ roles: [role] });
      if (!configuration) throw new Error('there is no such role');
      return lint({ configuration, findings, options: OPTIONS }).map(describeFinding);
    };
    expect(made('read-only-observer', ['filter', '$SYS/#'])).toEqual([]);
    expect(made('sparkplug-node', ['group', '%{plant}'], ['node', '%c'], ['host', 'scada'])).toEqual([]);
    expect(made('home-assistant', ['discovery', 'ha'], ['prefix', '/zigbee2mqtt/devices'])).toEqual([]);
    expect(made('shared-subscriber', ['filter', '%{site}/+/jobs'])).toEqual([]);
    expect(made('bridge', ['in', 'down/%c/#'], ['out', 'up/%c/#'])).toEqual([]);
  });

  describe.each(NAMES)('%s', (name) => {
    const file = (base: string): string => join(FOLDER, name, base);

    it('has a policy with the role that it makes by default, and with nothing else that decides', () => {
      const template = catalogue.get(name);
      if (!template) throw new Error('there is no such template');
      const { roles } = JSON.parse(readFileSync(file('policy.json'), 'utf8'));
      expect(roles).toEqual([expandTemplate({ template, values: new Map() })]);
    });

    it('decides every case as expected, and has a case for every rule', async () => {
      const { checks, failures, unexercised } = await verifyPolicy(file('policy.json'), file('cases.yaml'));
      expect(failures).toEqual([]);
      expect(unexercised).toEqual([]);
      expect(checks).toBeGreaterThan(10);
    });

    it('decides the same where shared subscriptions are decided by the filter inside', async () => {
      const changed = { sharedSubscriptions: 'filter' } as const;
      const { failures } = await verifyPolicy(file('policy.json'), file('cases.yaml'), changed);
      // There, whoever may subscribe to something may share it.
      expect(failures).toEqual(
        name === 'jailed-user' ? [expect.stringContaining('$share/g/users/jane')] : [],
      );
    });

    it('makes a policy in which no mistake is found', async () => {
      const { findings } = await verifyPolicy(file('policy.json'), file('cases.yaml'));
      const others = findings.filter(({ id }) => id !== 'no-password');
      expect(others.map(describeFinding)).toEqual(MEANT[name] ?? []);
    });
  });
});

function describeFinding({ id, entity }: LintFinding): string {
  return entity.kind === 'clients' ? `${id} ${entity.usernames.join(', ')}` : id;
}
