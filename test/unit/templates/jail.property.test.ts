import fc from 'fast-check';
import { ACCESSES } from '../../../src/dynsec/entities.js';
import { isTopicFilter, isTopicName } from '../../../src/dynsec/topic.js';
import { expandTemplate } from '../../../src/gate/templates/expand-template.js';
import type { RoleTemplate, TemplateCatalogue } from '../../../src/gate/templates/role-template.js';
import { TemplateError } from '../../../src/gate/templates/template-error.js';
import { loadTemplates } from '../../../src/templates/load-templates.js';
import type { Decider } from '../../support/decide-by.js';
import { decideByDocument } from '../../support/decide-by.js';
import { testSeed } from '../../support/seed.js';

const seed = testSeed();

const someLevel = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'telemetry', 'x') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '+', '#', '%u', '%c', '%{group}', '%', '$', '$share', '$CONTROL', 'a+'),
  },
);

/** What somebody might give as a value; some of it is not to be taken. */
const someValue = fc.array(someLevel, { minLength: 1, maxLength: 2 }).map((levels) => levels.join('/'));

const WORDS = ['a', 'b', '+', '#', 'x', 'telemetry', 'command', 'sites', 'clients', 'shared', '$CONTROL'];
const someTopics = fc.array(
  fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }).map((levels) => levels.join('/')),
  { minLength: 15, maxLength: 15 },
);

/** The templates that jail clients by what these cannot choose, with their topic parameters. */
const JAILS = [
  ['jailed-user', ['prefix']],
  ['jailed-device', ['prefix', 'telemetry', 'command']],
  ['group-shared', ['prefix']],
  ['site-hierarchy', ['prefix']],
] as const;

/** Two clients that differ in everything. */
const INMATES = {
  clients: ['a', 'b'].map((name) => {
    return { username: name, clientid: name, attributes: { server: name, site: name } };
  }),
  groups: ['a', 'b'].map((name) => {
    return { groupname: name, roles: [{ rolename: 'jail' }], clients: [{ username: name }] };
  }),
};

/** Undefined where the template does not take the values. */
function jailOf(template: RoleTemplate, values: ReadonlyMap<string, string>): Decider | undefined {
  try {
    const role = expandTemplate({ template, values, rolename: 'jail' });
    return decideByDocument(JSON.stringify({ roles: [role], ...INMATES }));
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** What somebody may do with a topic, such as `a subscribe x/a/telemetry`. */
function allowedIn(decide: Decider, topic: string): readonly string[] {
  return ACCESSES.flatMap((access) => {
    const isAskable = access.startsWith('publish') ? isTopicName(topic) : isTopicFilter(topic);
    const who = ['a', 'b'].filter((username) => decide({ username, clientid: username, access, topic }));
    return isAskable ? who.map((username) => `${username} ${access} ${topic}`) : [];
  });
}

describe('a jail', () => {
  let catalogue: TemplateCatalogue;

  beforeAll(async () => {
    catalogue = await loadTemplates('templates');
  });

  it.each(JAILS)(
    'of template %s begins with what its inmate is, whatever values it takes',
    (name, parameters) => {
      const template = catalogue.get(name);
      if (!template) throw new Error('there is no such template');
      const met = { refused: 0, allowed: 0 };
      const someValues = fc.tuple(
        ...parameters.map((parameter) => fc.tuple(fc.constant(parameter), someValue)),
      );
      fc.assert(
        fc.property(someValues, someTopics, (given, topics) => {
          const values = new Map<string, string>(given);
          const decide = jailOf(template, values);
          if (!decide) {
            met.refused++;
            return;
          }
          const prefix = values.get('prefix') ?? '';
          const near = [...values.values()].flatMap((value) => [`a/${value}`, `b/${value}/x`]);
          const asked = [...topics, ...[...topics, ...near].map((topic) => `${prefix}/${topic}`)];
          const allowed = asked.flatMap((topic) => allowedIn(decide, topic));
          met.allowed += allowed.length;
          const outside = allowed.filter((text) => {
            const [who = '', , topic = ''] = text.split(' ');
            return !`${topic}/`.startsWith(`${prefix}/${who}/`);
          });
          expect(outside).toEqual([]);
        }),
        { seed, numRuns: 200 },
      );
      // A jail that nobody can enter would be easy to keep.
      expect(Math.min(met.refused, met.allowed)).toBeGreaterThan(20);
    },
  );
});
