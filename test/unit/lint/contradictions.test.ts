import { found } from './policy.js';

const inRole = (...acls: readonly string[]) => found('contradicting-rules', { roles: { r: acls } });

describe('an allow and a deny of one role, type and priority that meet', () => {
  it.each([
    ['a narrow one before a wide one', 'deny publishClientSend a/b', 'allow publishClientSend a/#', 'a/b'],
    ['crossing wildcards', 'allow publishClientSend a/+', 'deny publishClientSend +/b', 'a/b'],
    ['with a variable', 'allow publishClientSend a/%u/#', 'deny publishClientSend a/+/x', 'a/%u/x'],
    [
      'with the same variable',
      'deny publishClientSend %u/b',
      'allow publishClientSend %{username}/+',
      '%u/b',
    ],
    ['both open', 'deny publishClientReceive a/b/#', 'allow publishClientReceive a/+/#', 'a/b/#'],
  ])('are found: %s', (_case, first, second, on) => {
    const findings = inRole(first, second);
    expect(findings).toMatchObject([
      { severity: 'warning', entity: { kind: 'acl', topic: second.split(' ')[2] } },
    ]);
    expect(findings[0]?.message).toContain(`both apply to \`${on}\``);
  });

  it.each([
    ['another priority', 'deny publishClientSend a/b 1', 'allow publishClientSend a/#'],
    ['another type', 'deny publishClientSend a/b', 'allow publishClientReceive a/#'],
    ['the same effect', 'deny publishClientSend a/b', 'deny publishClientSend a/#'],
    ['nothing in common: text', 'deny publishClientSend a/b', 'allow publishClientSend a/c'],
    ['nothing in common: length', 'deny publishClientSend a/+', 'allow publishClientSend a/+/+/#'],
    ['nothing in common: $', 'deny publishClientReceive $SYS/a', 'allow publishClientReceive #'],
    ['different variables', 'deny publishClientSend a/%u', 'allow publishClientSend a/%c'],
    ['a name by chance', 'deny publishClientSend a/b', 'allow publishClientSend a/%u'],
    ['literal texts', 'deny subscribeLiteral a/b', 'allow subscribeLiteral a/+'],
    ['a misplaced wildcard', 'deny publishClientSend a/#/b', 'allow publishClientSend a/#'],
  ])('are not made up: %s', (_case, first, second) => {
    expect(inRole(first, second)).toEqual([]);
  });

  it('does not count where a rule of a higher priority decides already', () => {
    const meeting = ['deny publishClientSend a/b', 'allow publishClientSend a/#'];
    expect(inRole(...meeting)).toHaveLength(1);
    expect(inRole(...meeting, 'deny publishClientSend +/b 5')).toEqual([]);
  });

  it('is left to the finding that the later one never decides, where it does not', () => {
    for (const acls of [
      ['allow publishClientSend a/#', 'deny publishClientSend a/b'],
      ['allow subscribeLiteral a/%u', 'deny subscribeLiteral a/%{username}'],
    ]) {
      expect(inRole(...acls)).toEqual([]);
      expect(found('shadowed-rule', { roles: { r: acls } })).toHaveLength(1);
    }
  });
});

describe('roles of one holder with the same priority that contradict each other', () => {
  const ID = 'contradicting-roles';
  const roles = { a: ['allow publishClientSend x/#'], b: ['deny publishClientSend x/secret'] };

  it('are found for clients, counted together', () => {
    expect(found(ID, { roles, clients: { u: ['a', 'b'], v: ['b', 'a'], w: ['a'] } })).toEqual([
      {
        id: ID,
        severity: 'warning',
        entity: { kind: 'clients', usernames: ['u', 'v'] },
        message:
          'roles `a` and `b` have the same priority -1 for 2 clients (`u`, `v`), and `a` allows publishClientSend ' +
          '`x/secret`, which `b` denies; the first by name decides: give the one that is to win a higher priority',
      },
    ]);
  });

  it('are found in groups, held by somebody or not', () => {
    expect(found(ID, { roles, groups: { g: { roles: ['a 3', 'b 3'] } } })).toMatchObject([
      { entity: { kind: 'group', groupname: 'g' } },
    ]);
  });

  it.each([
    ['with different priorities', { u: ['a 1', 'b 0'] }],
    ['held by different clients', { u: ['a'], v: ['b'] }],
  ])('are not made up: %s', (_case, clients) => {
    expect(found(ID, { roles, clients })).toEqual([]);
  });

  it('do not count where each role decides alike, although their rules meet crosswise', () => {
    const jail = ['allow publishClientSend #', 'deny publishClientSend x 5'];
    expect(found(ID, { roles: { a: jail, b: jail }, clients: { u: ['a', 'b'] } })).toEqual([]);
    const other = ['allow publishClientSend #'];
    expect(found(ID, { roles: { a: jail, b: other }, clients: { u: ['a', 'b'] } })).toHaveLength(1);
  });

  it('do not count where a role before them decides already', () => {
    const before = { ...roles, first: ['deny publishClientSend +/secret'] };
    expect(found(ID, { roles: before, clients: { u: ['a', 'b', 'first 9'] } })).toEqual([]);
    expect(found(ID, { roles: before, clients: { u: ['a', 'b', 'first -9'] } })).toHaveLength(1);
  });

  it('a literal deny and a pattern that allows the same filter contradict each other', () => {
    const literal = { a: ['deny subscribeLiteral #'], b: ['allow subscribePattern #'] };
    expect(found(ID, { roles: literal, clients: { u: ['a', 'b'] } })).toHaveLength(1);
    const text = { a: ['deny subscribeLiteral x/y'], b: ['allow subscribePattern x/+'] };
    expect(found(ID, { roles: text, clients: { u: ['a', 'b'] } })).toHaveLength(1);
    const apart = { a: ['deny subscribeLiteral #'], b: ['allow subscribePattern x/#'] };
    expect(found(ID, { roles: apart, clients: { u: ['a', 'b'] } })).toEqual([]);
  });

  it('%{group} stands for nothing in roles that clients hold themselves', () => {
    const grouped = { a: ['allow publishClientSend %{group}/x'], b: ['deny publishClientSend %{group}/#'] };
    expect(found(ID, { roles: grouped, clients: { u: ['a', 'b'] } })).toEqual([]);
    expect(found(ID, { roles: grouped, groups: { g: { roles: ['a', 'b'] } } })).toHaveLength(1);
  });
});

describe('groups of one client with the same priority that contradict each other', () => {
  const ID = 'contradicting-groups';
  const roles = { a: ['allow subscribePattern x/#'], b: ['deny subscribePattern x/+'] };
  const groupsOf = (first: string, second: string) => ({
    g: { roles: ['a 7'], clients: [first] },
    h: { roles: ['b'], clients: [second] },
  });

  it('are found, whatever the priorities of their roles', () => {
    expect(found(ID, { roles, clients: { u: [] }, groups: groupsOf('u', 'u') })).toMatchObject([
      {
        severity: 'warning',
        entity: { kind: 'clients', usernames: ['u'] },
        message: expect.stringContaining('the roles of `g` allow subscribe `x/+`, which those of `h` deny'),
      },
    ]);
  });

  it.each([
    ['with different priorities', groupsOf('u 1', 'u 0')],
    ['of different clients', groupsOf('u', 'v')],
  ])('are not made up: %s', (_case, groups) => {
    expect(found(ID, { roles, clients: { u: [], v: [] }, groups })).toEqual([]);
  });

  it('do not count where a role of the client itself decides already', () => {
    const own = { ...roles, own: ['deny subscribePattern x/+'] };
    expect(found(ID, { roles: own, clients: { u: ['own'] }, groups: groupsOf('u', 'u') })).toEqual([]);
  });

  it('%{group} stands for another text in each', () => {
    const grouped = { a: ['allow publishClientSend %{group}/x'], b: ['deny publishClientSend %{group}/x'] };
    expect(found(ID, { roles: grouped, clients: { u: [] }, groups: groupsOf('u', 'u') })).toEqual([]);
  });
});
