import { decide } from '../../../src/dynsec/decide.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import type { Configuration } from '../../../src/dynsec/entities.js';
import { compilePolicy } from '../../../src/dynsec/policy.js';
import { subjectOf } from '../../../src/dynsec/subject.js';
import { Trace } from '../../../src/dynsec/trace.js';

const OPTIONS = { allowAnonymous: false, sharedSubscriptions: 'dynsec' } as const;

function configurationOf(document: unknown): Configuration {
  const { configuration } = parseConfiguration(document);
  if (!configuration) throw new Error('not taken');
  return configuration;
}

const DOCUMENT = {
  clients: [{ username: 'u', roles: [{ rolename: 'a' }, { rolename: 'b' }] }],
  groups: [],
  roles: [
    { rolename: 'a', acls: [{ acltype: 'publishClientSend', topic: 'x/%u', allow: true }] },
    { rolename: 'b', acls: [{ acltype: 'publishClientSend', topic: '#', allow: false }] },
  ],
};

describe('compiling a policy', () => {
  it('takes over the roles that did not change', () => {
    const before = compilePolicy(configurationOf(DOCUMENT), OPTIONS);
    const changed = structuredClone(DOCUMENT);
    changed.roles[1] = { rolename: 'b', acls: [] };
    const after = compilePolicy(configurationOf(changed), OPTIONS, before);
    expect(after.roles.get('a')).toBe(before.roles.get('a'));
    expect(after.roles.get('b')).not.toBe(before.roles.get('b'));
  });

  it('passes over a reference to an earlier role of the same name', () => {
    const configuration = configurationOf(DOCUMENT);
    const roles = new Map(
      [...configuration.roles].map(([name, role]) => [name, { ...role, incarnation: 'new' }]),
    );
    const policy = compilePolicy({ ...configuration, roles }, OPTIONS);
    const subject = subjectOf('u', (name) => configuration.clients.get(name));
    expect(
      decide(policy, subject, { access: 'publishClientSend', topic: 'x/u', clientid: 'c' }),
    ).toMatchObject({
      allowed: false,
      reason: 'no_match',
    });
  });
});

describe('memberships', () => {
  it('of an earlier group of the same name give nothing', () => {
    const configuration = configurationOf({
      clients: [{ username: 'u' }],
      groups: [{ groupname: 'g', roles: [{ rolename: 'r' }], clients: [{ username: 'u' }] }],
      roles: [{ rolename: 'r', acls: [{ acltype: 'publishClientSend', topic: '#', allow: true }] }],
    });
    const subject = subjectOf('u', (name) => configuration.clients.get(name));
    const request = { access: 'publishClientSend', topic: 't', clientid: 'c' } as const;
    expect(decide(compilePolicy(configuration, OPTIONS), subject, request).allowed).toBe(true);
    const groups = new Map(
      [...configuration.groups].map(([name, group]) => [name, { ...group, incarnation: 'new' }]),
    );
    expect(decide(compilePolicy({ ...configuration, groups }, OPTIONS), subject, request)).toMatchObject({
      allowed: false,
      reason: 'no_match',
    });
  });
});

describe('tracing a decision', () => {
  const configuration = configurationOf(DOCUMENT);
  const policy = compilePolicy(configuration, OPTIONS);

  function trace(topic: string): Trace {
    const sink = new Trace('publishClientSend');
    const subject = subjectOf('u', (name) => configuration.clients.get(name));
    decide(policy, subject, { access: 'publishClientSend', topic, clientid: 'c' }, sink);
    return sink;
  }

  it('shows each rule before and after substitution, and what kept it from applying', () => {
    expect(trace('x/other').roles).toMatchObject([
      {
        rolename: 'a',
        outcome: 'nothing',
        rules: [{ topic: 'x/%u', substituted: 'x/u', outcome: 'passed', why: 'level 2: `other` is not `u`' }],
      },
      { rolename: 'b', outcome: 'deny', rules: [{ topic: '#', outcome: 'decided' }] },
    ]);
  });

  it('ends with the role that decided', () => {
    expect(trace('x/u').roles).toMatchObject([{ rolename: 'a', outcome: 'allow' }]);
  });

  it('says that a rule goes on, or that the topic does', () => {
    expect(trace('x').roles[0]?.rules[0]?.why).toBe('the topic has no level 2');
    expect(trace('x/u/y').roles[0]?.rules[0]?.why).toBe('the topic goes on after level 2');
    expect(trace('$x/u').roles[0]?.rules[0]?.why).toBe('only one of the two begins with `$`');
  });
});
