import type { Access } from '../../../src/dynsec/entities.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import type { Expectation, ExpectedSource } from '../../../src/dynsec/verify/expectation.js';
import { ALLOW_REASONS, DENY_REASONS } from '../../../src/dynsec/verify/expectation.js';
import { verify } from '../../../src/dynsec/verify/verify.js';

const { configuration } = parseConfiguration({
  defaultACLAccess: { publishClientReceive: true },
  roles: [
    {
      rolename: 'jail',
      acls: [
        { acltype: 'publishClientSend', topic: 'up/%u/#', allow: true },
        { acltype: 'subscribePattern', topic: 'up/%u/#', allow: true },
        { acltype: 'publishClientReceive', topic: 'secret', allow: false },
      ],
    },
    { rolename: 'shared', acls: [{ acltype: 'publishClientSend', topic: 'g/%{group}', allow: true }] },
  ],
  clients: [{ username: 'jane', clientid: 'j1', roles: [{ rolename: 'jail' }] }],
  groups: [{ groupname: 'g1', roles: [{ rolename: 'shared' }], clients: [{ username: 'jane' }] }],
  anonymousGroup: 'g1',
});

const OPTIONS = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;

function expecting(
  question: readonly [username: string, access: Access, topic: string],
  allowed: boolean,
  by: ExpectedSource = {},
): Expectation {
  const [username, access, topic] = question;
  return { request: { username, access, topic, clientid: 'j1' }, allowed, by };
}

function verifyAll(...expectations: readonly Expectation[]) {
  if (!configuration) throw new Error('no configuration');
  return verify(configuration, OPTIONS, expectations);
}

const mismatchesOf = (expectation: Expectation) => verifyAll(expectation).verifications[0]?.mismatches;

describe('the verification of a policy', () => {
  it('has nothing to say about what is as expected', () => {
    const expectation = expecting(['jane', 'publishClientSend', 'up/jane/x'], true);
    expect(verifyAll(expectation).verifications).toEqual([
      { expectation, decision: expect.objectContaining({ allowed: true }), mismatches: [], trace: [] },
    ]);
  });

  it('tells what was expected and what came, with everything that was looked at', () => {
    const { verifications } = verifyAll(expecting(['jane', 'publishClientSend', 'up/bob'], true));
    expect(verifications).toMatchObject([
      {
        mismatches: ['expected allow, got deny'],
        decision: { allowed: false, reason: 'no_match' },
        trace: [
          { rolename: 'jail', outcome: 'nothing' },
          { rolename: 'shared', groupname: 'g1' },
        ],
      },
    ]);
  });

  it.each([
    [{ rolename: 'jail' }, []],
    [{ rule: 'up/%u/#' }, []],
    [{ rolename: 'jail', rule: 'up/%u/#', reason: 'allowed_by_acl' }, []],
    [{ rolename: 'shared' }, ['expected role `shared`, got `jail`']],
    [{ rule: 'up/jane/#' }, ['expected rule `up/jane/#`, got `up/%u/#`']],
    [
      { rolename: 'x', reason: 'superuser' },
      ['expected reason `superuser`, got `allowed_by_acl`', 'expected role `x`, got `jail`'],
    ],
  ] as const)('holds what decides against %j', (by, mismatches) => {
    expect(mismatchesOf(expecting(['jane', 'publishClientSend', 'up/jane/x'], true, by))).toEqual(mismatches);
  });

  it('no role and no rule decides where the default access does', () => {
    const question = ['jane', 'publishClientReceive', 'news'] as const;
    expect(mismatchesOf(expecting(question, true, { reason: 'allowed_by_default' }))).toEqual([]);
    expect(mismatchesOf(expecting(question, true, { rolename: 'jail', rule: '#' }))).toEqual([
      'expected role `jail`, got none',
      'expected rule `#`, got none',
    ]);
  });

  it('knows unknown clients, clients without a user name, and client ids that do not fit', () => {
    const reasons = verifyAll(
      expecting(['nobody', 'subscribe', 'a'], false),
      expecting(['', 'subscribe', 'a'], false),
      {
        ...expecting(['jane', 'subscribe', 'up/jane'], false),
        request: { username: 'jane', access: 'subscribe', topic: 'up/jane', clientid: null },
      },
    ).verifications.map(({ decision }) => decision.reason);
    expect(reasons).toEqual(['unknown_client', 'anonymous_not_allowed', 'clientid_mismatch']);
  });

  it('decides by the options that it is given', () => {
    if (!configuration) throw new Error('no configuration');
    const expectations = [expecting(['', 'publishClientSend', 'g/g1'], true, { rolename: 'shared' })];
    const { verifications } = verify(configuration, { ...OPTIONS, allowAnonymous: true }, expectations);
    expect(verifications[0]?.mismatches).toEqual([]);
  });

  it('knows every reason once, as an allow or as a deny', () => {
    const all: readonly string[] = [...ALLOW_REASONS, ...DENY_REASONS];
    expect(new Set(all).size).toBe(all.length);
    expect(ALLOW_REASONS).toHaveLength(3);
    expect(DENY_REASONS).toHaveLength(12);
  });
});

describe('the coverage of ACLs', () => {
  it('is told by what decides, as expected or not', () => {
    const { coverage } = verifyAll(
      expecting(['jane', 'publishClientSend', 'up/jane/x'], false),
      expecting(['jane', 'publishClientReceive', 'news'], true),
    );
    expect(coverage).toEqual({
      total: 4,
      unexercised: [
        {
          rolename: 'jail',
          acl: expect.objectContaining({ acltype: 'publishClientReceive', topic: 'secret' }),
        },
        { rolename: 'jail', acl: expect.objectContaining({ acltype: 'subscribePattern' }) },
        { rolename: 'shared', acl: expect.objectContaining({ topic: 'g/%{group}' }) },
      ],
    });
  });

  it('is full when every ACL has decided something', () => {
    const { coverage } = verifyAll(
      expecting(['jane', 'publishClientSend', 'up/jane/x'], true),
      expecting(['jane', 'subscribe', 'up/jane/#'], true),
      expecting(['jane', 'publishClientReceive', 'secret'], false),
      expecting(['jane', 'publishClientSend', 'g/g1'], true),
    );
    expect(coverage).toEqual({ total: 4, unexercised: [] });
  });
});
