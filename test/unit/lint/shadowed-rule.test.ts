import { found } from './policy.js';

const ID = 'shadowed-rule';
const inRole = (...acls: readonly string[]) => found(ID, { roles: { r: acls } });

describe('a rule that never decides', () => {
  it.each([
    ['the same level by +', 'deny publishClientSend a/b', 'allow publishClientSend a/+ 1'],
    ['# by #', 'deny publishClientSend a/b/#', 'allow publishClientSend a/# 1'],
    ['the level above # by #', 'deny publishClientSend a', 'allow publishClientSend a/# 1'],
    ['an empty level by +', 'deny publishClientSend a//b', 'allow publishClientSend a/+/b 1'],
    ['everything by #', 'deny subscribePattern +/%u/x', 'allow subscribePattern # 1'],
    ['%u by %{username}', 'deny publishClientReceive a/%u/x', 'deny publishClientReceive a/%{username}/# 1'],
    ['an allowed variable by +', 'allow publishClientSend a/x-%{site}', 'deny publishClientSend a/+ 1'],
    ['a denied variable by a denied one', 'deny unsubscribePattern %c/a', 'deny unsubscribePattern %c/# 1'],
    ['in $ topics', 'deny publishClientReceive $SYS/a', 'allow publishClientReceive $SYS/+ 1'],
    ['by insertion alone', 'deny publishClientSend a/b', 'allow publishClientSend a/#'],
  ])('is found: %s', (_case, shadowed, by) => {
    const acls = by.endsWith(' 1') ? [shadowed, by] : [by, shadowed];
    const [, acltype, topic] = shadowed.split(' ');
    expect(inRole(...acls)).toEqual([
      expect.objectContaining({ entity: { kind: 'acl', rolename: 'r', acltype, topic } }),
    ]);
  });

  it.each([
    ['+ does not cover #', 'deny subscribePattern a/#', 'allow subscribePattern a/+ 1'],
    ['a/+/# does not cover a', 'deny publishClientSend a/#', 'allow publishClientSend a/+/# 1'],
    ['# does not cover $ topics', 'deny publishClientReceive $SYS/a', 'allow publishClientReceive # 1'],
    ['+ does not cover $ topics', 'deny publishClientReceive $x/a', 'allow publishClientReceive +/a 1'],
    ['another text', 'deny publishClientSend a/b', 'allow publishClientSend a/c 1'],
    ['another length', 'deny publishClientSend a/b/c', 'allow publishClientSend a/+ 1'],
    ['a lower priority', 'deny publishClientSend a/b 2', 'allow publishClientSend a/# 1'],
    ['another type', 'deny publishClientSend a/b', 'allow publishClientReceive a/# 1'],
    ['another variable', 'deny publishClientSend a/%u', 'allow publishClientSend a/%c 1'],
    [
      'the same variable with another text',
      'deny publishClientSend a/x%{a}',
      'allow publishClientSend a/%{a} 1',
    ],
    ['text by a variable', 'allow publishClientSend a/b', 'deny publishClientSend a/%u 1'],
    ['a variable by text', 'allow publishClientSend a/%u', 'deny publishClientSend a/b 1'],
    ['a misplaced wildcard covers nothing', 'deny publishClientSend a/b', 'allow publishClientSend a/#/b 1'],
    ['and is covered by nothing', 'deny publishClientSend a/b+', 'allow publishClientSend # 1'],
  ])('is not made up: %s', (_case, ...acls) => {
    expect(inRole(...acls)).toEqual([]);
  });

  it('is an error where the rule says the opposite, and a warning where it is repeated', () => {
    const [error] = inRole('deny publishClientSend a/b', 'allow publishClientSend a/# 7');
    expect(error).toMatchObject({
      severity: 'error',
      message:
        '`a/b` (deny, priority 0) never decides: `a/#` (allow, priority 7) comes first and applies wherever it ' +
        'does; give it a priority above 7, or take it away',
    });
    expect(inRole('allow publishClientSend a/b', 'allow publishClientSend a/# 7')).toMatchObject([
      { severity: 'warning', message: expect.stringMatching(/; take it away$/) },
    ]);
  });

  it('a templated deny under a templated allow still decides about who has no safe value: a warning says so', () => {
    expect(inRole('deny publishClientSend a/%u/x', 'allow publishClientSend a/%u/# 1')).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringContaining('decides only about clients that have no value'),
      },
    ]);
    expect(inRole('deny publishClientSend a/%u/x', 'allow publishClientSend a/# 1')).toMatchObject([
      { severity: 'error', message: expect.stringContaining('never decides') },
    ]);
  });

  it('a pattern that is but one text never decides beside the literal rule, a wider one does', () => {
    const literal = 'deny subscribeLiteral a/b -5';
    expect(inRole('allow subscribePattern a/b 9', literal)).toMatchObject([
      {
        entity: { acltype: 'subscribePattern' },
        message: expect.stringContaining(
          'the subscribeLiteral rule `a/b` (deny, priority -5) is looked at first',
        ),
      },
    ]);
    expect(inRole('allow subscribePattern a/+ 9', 'deny subscribeLiteral a/+')).toEqual([]);
    expect(inRole('allow subscribePattern a/+/%u 9', 'deny subscribeLiteral a/+/%u')).toEqual([]);
    expect(inRole('allow subscribePattern a/%u 9', 'deny subscribeLiteral a/%{username}')).toHaveLength(1);
  });

  it('literal rules without variables come first whatever the priority, and hide one another never', () => {
    expect(
      inRole('allow subscribeLiteral #', 'deny subscribeLiteral a/b', 'deny subscribeLiteral a/+ 3'),
    ).toEqual([]);
    expect(inRole('allow subscribeLiteral a/%u 5', 'deny subscribeLiteral a/b')).toEqual([]);
    expect(inRole('deny subscribeLiteral +/%u 5', 'deny subscribeLiteral a/%u')).toEqual([]);
  });

  it('rules of other roles do not count', () => {
    const roles = { a: ['allow publishClientSend #'], b: ['deny publishClientSend x'] };
    expect(found(ID, { roles, clients: { u: ['a 5', 'b 1'] } })).toEqual([]);
  });

  it('text of a topic is not taken for a stand-in of a variable', () => {
    const mark = '\u00010\u0002';
    const acls = [`deny publishClientSend a/${mark}username${mark}`, 'allow publishClientSend a/%u 1'];
    expect(inRole(...acls)).toEqual([]);
  });
});
