import { ACCESSES, type Access, type Acl, type AclType } from '../../src/dynsec/entities.js';
import { referenceDecide, type ReferenceDecision, type ReferenceOptions } from './decide.js';

const STRICT: ReferenceOptions = { allowAnonymous: false, sharedSubscriptions: 'dynsec' };
const FILTER: ReferenceOptions = { allowAnonymous: true, sharedSubscriptions: 'filter' };

interface Who {
  readonly username: string;
  readonly clientid: string | null;
  readonly attributes?: Readonly<Record<string, string>>;
}

const ALICE: Who = { username: 'alice', clientid: 'c1', attributes: { site: 'x', bad: 'x/y', '1a': 'v' } };

/** A document in which one ACL of one role, held through group `g`, decides against all the defaults. */
function documentOf(acl: Pick<Acl, 'acltype' | 'topic' | 'allow'>, who: Who): object {
  const { username, attributes } = who;
  return {
    defaultACLAccess: Object.fromEntries(ACCESSES.map((access) => [access, !acl.allow])),
    roles: [{ rolename: 'r', acls: [acl] }],
    clients: [{ username, attributes }],
    groups: [{ groupname: 'g', roles: [{ rolename: 'r' }], clients: [{ username }] }],
  };
}

type Decide = (acltype: AclType, aclTopic: string, topic: string, who?: Who) => ReferenceDecision;

function decideBy(allow: boolean): Decide {
  return (acltype, aclTopic, topic, who = ALICE) => {
    const { username, clientid } = who;
    const access = acltype.replace(/(Literal|Pattern)$/, '') as Access;
    const config = documentOf({ acltype, topic: aclTopic, allow }, who);
    return referenceDecide(config, { username, clientid, access, topic }, STRICT);
  };
}

const decideByAllow = decideBy(true);
const decideByDeny = decideBy(false);

describe('variables in the reference', () => {
  it.each([
    ['%{username}', 'alice', true],
    ['a/%{username}/b', 'a/alice/b', true],
    ['x-%{username}-y/#', 'x-alice-y', true],
    ['x-%{username}-y/#', 'x-alice-z', false],
    ['%{clientid}', 'c1', true],
    ['%{group}/%{site}', 'g/x', true],
    ['%{Site}', 'x', false],
    ['%{missing}', 'missing', false],
    ['%{bad}', 'x/y', false],
    ['%{username}%{site}', 'alicex', false],
    ['%{1a}', 'v', false],
    ['%{1a}', '%{1a}', true],
    ['%u%{site}', '%ux', true],
    ['x%u', 'x%u', true],
    ['x%u', 'xalice', false],
    ['$%{username}', '$alice', true],
  ])('an allow of `%s` covers `%s`: %s', (aclTopic, topic, isCovered) => {
    expect(decideByAllow('publishClientSend', aclTopic, topic).allowed).toBe(isCovered);
    expect(decideByAllow('subscribePattern', aclTopic, topic).allowed).toBe(isCovered);
    expect(decideByAllow('unsubscribeLiteral', aclTopic.replace('/#', ''), topic).allowed).toBe(isCovered);
  });

  it.each([
    ['a/%{missing}', 'a/b', true],
    ['a/%{missing}', 'a/', true],
    ['a/%{missing}', 'a/b/c', false],
    ['a/%{bad}/#', 'a/b/c', true],
    ['x-%{missing}', 'zzz', true],
    ['%{username}%{site}/b', 'q/b', true],
    ['%{missing}', '$x', false],
    ['a/%{username}', 'a/b', false],
  ])('a deny of `%s` covers `%s`: %s', (aclTopic, topic, isCovered) => {
    expect(decideByDeny('publishClientReceive', aclTopic, topic).allowed).toBe(!isCovered);
    expect(decideByDeny('subscribePattern', aclTopic, topic).allowed).toBe(!isCovered);
  });

  it('takes the level of an unsafe literal deny for any level but `#`', () => {
    expect(decideByDeny('subscribeLiteral', 'a/%{missing}', 'a/+').allowed).toBe(false);
    expect(decideByDeny('subscribeLiteral', 'a/%{missing}', 'a/#').allowed).toBe(true);
    expect(decideByDeny('subscribeLiteral', 'a/%{missing}', 'a').allowed).toBe(true);
  });

  it('reads values of the client alone, and never expands them again', () => {
    const who: Who = { username: '%{site}', clientid: null, attributes: { site: '%u' } };
    expect(decideByAllow('publishClientSend', '%u', '%{site}', who).allowed).toBe(true);
    expect(decideByAllow('publishClientSend', '%{site}', '%u', who).allowed).toBe(true);
    expect(decideByAllow('publishClientSend', '%{clientid}', '%{clientid}', who).allowed).toBe(false);
  });
});

describe('malformed ACL topics in the reference', () => {
  it.each([
    ['foo+', 'foo', 'broken'],
    ['foo+', 'foo/x', 'broken'],
    ['foo+', 'zzz', 'differs'],
    ['foo/#/bar', 'zzz', 'broken'],
    ['$foo/#/bar', 'zzz', 'differs'],
    ['foo/+x', 'foo', 'differs'],
    ['%u/x#', 'alice/xy', 'broken'],
    ['%u/x#', 'bob/xy', 'differs'],
    ['%{missing}/x#', 'bob/xy', 'differs'],
    ['%{missing}/x#/', 'bob/xy', 'broken'],
    ['%{username}+', 'alice', 'differs'],
    ['%{username}+', '%{username}x', 'broken'],
  ])('an allow of `%s` at `%s` %s', (aclTopic, topic, expected) => {
    const decision = decideByAllow('publishClientSend', aclTopic, topic);
    expect(decision.allowed).toBe(false);
    expect(decision.rule?.topic).toBe(expected === 'broken' ? aclTopic : undefined);
  });
});

describe('who may ask at all, in the reference', () => {
  const config = (client: object): object => ({
    roles: [{ rolename: 'r', acls: [{ acltype: 'publishClientSend', topic: '#', allow: true }] }],
    clients: [{ username: 'u', roles: [{ rolename: 'r' }], ...client }],
  });
  const publish = (client: object, clientid: string | null, topic = 't', options = STRICT): boolean =>
    referenceDecide(config(client), { username: 'u', clientid, access: 'publishClientSend', topic }, options)
      .allowed;

  it('binds client ids by a name or by templates', () => {
    expect(publish({ clientid: 'c' }, 'c')).toBe(true);
    expect(publish({ clientid: 'c' }, 'd')).toBe(false);
    expect(publish({ clientid: 'c' }, null)).toBe(false);
    expect(publish({ clientids: ['%u'] }, 'u')).toBe(true);
    expect(publish({ clientids: ['x', '%{username}-*'] }, 'u-eu')).toBe(true);
    expect(publish({ clientids: ['x', '%{username}-*'] }, 'u-eu-7')).toBe(false);
    expect(publish({ clientids: ['%{username}-*'] }, 'u-e/7')).toBe(false);
    expect(publish({ clientids: ['%{username}-*'] }, 'u-')).toBe(false);
    expect(publish({ clientids: ['*'] }, null)).toBe(false);
  });

  it('lets superusers through everything but the gates, the flag `disabled` and the client id', () => {
    expect(publish({ roles: [], superuser: true }, 'c')).toBe(true);
    expect(publish({ roles: [], superuser: true }, 'c', '$SYS/x')).toBe(false);
    expect(publish({ roles: [], superuser: true, disabled: true }, 'c')).toBe(false);
    expect(publish({ roles: [], superuser: true, clientid: 'd' }, 'c')).toBe(false);
  });

  it('has no default access for clients that it does not know', () => {
    const all = { defaultACLAccess: { publishClientSend: true } };
    const request = { clientid: 'c', access: 'publishClientSend', topic: 't' } as const;
    expect(referenceDecide(all, { ...request, username: 'u' }, FILTER).allowed).toBe(false);
    expect(referenceDecide(all, { ...request, username: '' }, FILTER).allowed).toBe(true);
    expect(referenceDecide(all, { ...request, username: null }, STRICT).allowed).toBe(false);
  });
});

describe('shared subscriptions in the reference', () => {
  const decideShared = (acls: readonly object[], topic: string, options: ReferenceOptions): boolean => {
    const config = {
      defaultACLAccess: { subscribe: true },
      roles: [{ rolename: 'r', acls }],
      clients: [{ username: 'u', roles: [{ rolename: 'r' }] }],
    };
    return referenceDecide(config, { username: 'u', clientid: null, access: 'subscribe', topic }, options)
      .allowed;
  };
  const acl = (topic: string, allow: boolean): object => ({ acltype: 'subscribePattern', topic, allow });

  it('asks for the whole filter alone unless told otherwise', () => {
    expect(decideShared([acl('a', false)], '$share/g/a', STRICT)).toBe(true);
    expect(decideShared([], '$share/g/$CONTROL/x', STRICT)).toBe(true);
    expect(decideShared([acl('$share/+/a', false)], '$share/g/a', STRICT)).toBe(false);
  });

  it('lets a denial of the whole or the inner filter win, then an allow, then the default of the inner one', () => {
    expect(decideShared([acl('a', false), acl('$share/#', true)], '$share/g/a', FILTER)).toBe(false);
    expect(decideShared([acl('a', true), acl('$share/#', false)], '$share/g/a', FILTER)).toBe(false);
    expect(decideShared([acl('$share/#', true)], '$share/g/$CONTROL/x', FILTER)).toBe(true);
    expect(decideShared([], '$share/g/$CONTROL/x', FILTER)).toBe(false);
    expect(decideShared([], '$share/g/a', FILTER)).toBe(true);
  });
});
