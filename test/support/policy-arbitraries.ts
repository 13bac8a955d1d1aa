/**
 * Random dynamic-security.json documents with all that a loader may meet and a decision depends on: repeated and
 * dangling names, ties, priorities beyond the limits, every kind of ACL topic, member names in any case.
 *
 * Left out, because no text says what they mean: NUL in names and topics, `clientid` beside `clientids`,
 * attributes that are no strings, lists that are no lists; and what the engine refuses to take: members of our own,
 * and `disabled`, that are not of their type.
 */
import * as fc from 'fast-check';
import { ACL_TYPES } from '../../src/dynsec/entities.js';
import { aclTopic } from './topic-arbitraries.js';

/** A document, and what requests are derived from. */
export interface RandomDocument {
  /** A parsed dynamic-security.json; its member names may be in any case. */
  readonly config: object;
  /** Every client in it, repeated ones too. */
  readonly clients: readonly RandomClient[];
  /** The ACLs of the anonymous group. */
  readonly anonymousAcls: readonly RandomAcl[];
}

/** A client of a random document. */
export interface RandomClient {
  readonly username: string;
  readonly clientid?: string;
  readonly clientids?: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** The ACLs of the roles that it may hold, itself or through groups. */
  readonly acls: readonly RandomAcl[];
}

/** An ACL of a random document. */
export interface RandomAcl {
  readonly acltype: string;
  readonly topic: string;
}

/** User names of documents and requests; few, so that they repeat, and many of them unsafe. */
export const USERNAMES = [
  'a',
  'b',
  'c-1',
  'a-b',
  'alice',
  'é',
  '%u',
  '$a',
  '*',
  'x/y',
  '+',
  '#',
  'a+',
  '__proto__',
];
/** Client ids of documents and requests. */
export const CLIENT_IDS = ['a', 'b', 'c-1', 'a-eu', 'a-eu-7', 'x/y', '+', 'a*', '%c'];

// In UTF-16 the first two of these stand in the other order than in bytes.
const ODD_NAMES = ['\u{1F600}', '\u{FF5E}', '__proto__'];
const ROLENAMES = ['r10', 'r2', ...ODD_NAMES];
const GROUPNAMES = ['a', 'g/1', ...ODD_NAMES];
const VALUES = ['a', 'b', 'a', 'b', 'c-1', '$a', '%u', '', 'x/y', '+', 'a#'];
const CLIENT_ID_TEMPLATES = [
  'a',
  '%u',
  '%{username}-*',
  'c-*',
  '%{site}',
  '%{site}-*',
  '%{zone}',
  '*',
  'a-%{site}',
];

const priority = weighted<unknown>(
  [8, fc.constantFrom(-1, 0, 1, 2)],
  [1, fc.constantFrom(1.9, -1.9, 99_999, -99_999)],
  [3, fc.constantFrom(100_000, 100_001, 3e9, -100_000, -100_001, -1e300)],
  [1, fc.constantFrom('5', null, true)],
);
const acltype = weighted<string>(
  [20, fc.constantFrom(...ACL_TYPES)],
  [1, fc.constantFrom('PUBLISHCLIENTSEND', 'subscribepattern', 'subscribe', '', 'unsubscribe')],
);
const allow = weighted<unknown>([20, fc.boolean()], [1, fc.constantFrom('true', 1, null)]);
const acl = fc.record({ acltype, topic: aclTopic, priority, allow }, { requiredKeys: ['acltype', 'topic'] });
const roleReferences = sprinkled(
  fc.record({ rolename: nameOf(ROLENAMES), priority }, { requiredKeys: ['rolename'] }),
  4,
);
const memberReferences = sprinkled(
  fc.record({ username: nameOf(USERNAMES), priority }, { requiredKeys: ['username'] }),
  5,
);

const role = fc.record(
  {
    rolename: nameOf(ROLENAMES),
    allowwildcardsubs: weighted<unknown>([6, fc.boolean()], [1, fc.constantFrom('false', 0)]),
    acls: fc.array(acl, { minLength: 1, maxLength: 8 }),
  },
  { requiredKeys: ['rolename', 'acls'] },
);

const binding = weighted<Pick<RandomClient, 'clientid' | 'clientids'>>(
  [12, fc.constant({})],
  [1, fc.record({ clientid: fc.constantFrom(...CLIENT_IDS, '') })],
  [
    1,
    fc.record({
      clientids: fc.uniqueArray(fc.constantFrom(...CLIENT_ID_TEMPLATES), { minLength: 1, maxLength: 3 }),
    }),
  ],
);
const flags = weighted<object>(
  [24, fc.constant({})],
  [1, fc.constantFrom({ disabled: true }, { disabled: false })],
  [1, fc.constantFrom({ superuser: true }, { superuser: false }, { disabled: true, superuser: true })],
);
const attributes = fc.dictionary(fc.constantFrom('site', 'zone', 'Site'), fc.constantFrom(...VALUES), {
  maxKeys: 3,
});
const client = fc
  .tuple(nameOf(USERNAMES), binding, flags, attributes, roleReferences)
  .map(([username, bound, flagged, given, roles]) => ({
    username,
    ...bound,
    ...flagged,
    attributes: { ...given },
    roles,
  }));

const group = fc.record({ groupname: nameOf(GROUPNAMES), roles: roleReferences, clients: memberReferences });
const defaultACLAccess = fc.record(
  {
    publishClientSend: weighted<unknown>([6, fc.boolean()], [1, fc.constantFrom('true', 1)]),
    publishClientReceive: fc.boolean(),
    subscribe: fc.boolean(),
    unsubscribe: fc.boolean(),
  },
  { requiredKeys: [] },
);
const anonymousGroup = weighted<unknown>([6, nameOf(GROUPNAMES)], [1, fc.constantFrom(null, 5)]);

/** Whole documents. */
export const randomDocument: fc.Arbitrary<RandomDocument> = fc
  .record({
    roles: severalOf(role, ({ rolename }) => rolename),
    clients: severalOf(client, ({ username }) => username),
    groups: severalOf(group, ({ groupname }) => groupname),
    settings: fc.record({ anonymousGroup, defaultACLAccess }, { requiredKeys: [] }),
    junk: weighted<unknown[]>([8, fc.constant([])], [1, fc.constant([null, 7, 'r', {}, []])]),
    spelling: fc.constantFrom<Spelling>('as it is', 'as it is', 'upper', 'lower', 'twice'),
  })
  .map(({ roles, clients, groups, settings, junk, spelling }) => {
    const config = {
      ...settings,
      roles: [...roles, ...junk],
      clients: [...junk, ...clients],
      groups: [...groups, ...junk],
    };
    const aclsOf = (holder: { readonly roles: readonly unknown[] }): RandomAcl[] =>
      roles
        .filter(({ rolename }) => refersTo(holder.roles, 'rolename', rolename))
        .flatMap(({ acls }) => acls);
    const groupsOf = (username: string): typeof groups =>
      groups.filter((each) => refersTo(each.clients, 'username', username));
    return {
      config: respell(config, spelling) as object,
      clients: clients.map((each) => ({
        ...each,
        acls: [each, ...groupsOf(each.username)].flatMap((holder) => aclsOf(holder)),
      })),
      anonymousAcls: groups
        .filter(({ groupname }) => groupname === settings.anonymousGroup)
        .flatMap((holder) => aclsOf(holder)),
    };
  });

/** Whether a list that may hold anything refers to that name. */
function refersTo(references: readonly unknown[], key: 'rolename' | 'username', name: string): boolean {
  return references.some(
    (reference) => (Object(reference) as Partial<Record<typeof key, unknown>>)[key] === name,
  );
}

/** How the member names of a document are written; `twice`: again in upper case, as null, which does not count. */
type Spelling = 'as it is' | 'upper' | 'lower' | 'twice';

/** Names of attributes keep their case, which counts. */
function respell(value: unknown, spelling: Spelling): unknown {
  if (Array.isArray(value)) return value.map((item) => respell(item, spelling));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, item]): [string, unknown] => {
    const inner = name === 'attributes' ? item : respell(item, spelling);
    if (spelling === 'upper') return [name.toUpperCase(), inner];
    return [spelling === 'lower' ? name.toLowerCase() : name, inner];
  });
  const again =
    spelling === 'twice' ? members.map(([name]): [string, null] => [name.toUpperCase(), null]) : [];
  return Object.fromEntries([...members, ...again]);
}

/** Mostly one of the names, sometimes one that nobody has, seldom the empty one. */
function nameOf(names: readonly string[]): fc.Arbitrary<string> {
  return weighted([30, fc.constantFrom(...names)], [2, fc.constant('nobody')], [1, fc.constant('')]);
}

/** Two to five by different names, and sometimes more whose names may repeat. */
function severalOf<Item>(item: fc.Arbitrary<Item>, name: (item: Item) => string): fc.Arbitrary<Item[]> {
  const different = fc.uniqueArray(item, { selector: name, minLength: 2, maxLength: 5 });
  const more = weighted([3, fc.constant<Item[]>([])], [1, fc.array(item, { maxLength: 2 })]);
  return fc.tuple(different, more).map(([first, rest]) => [...first, ...rest]);
}

/** A list with an item now and then that is none. */
function sprinkled(item: fc.Arbitrary<object>, maxLength: number): fc.Arbitrary<unknown[]> {
  const entry = weighted<unknown>([30, item], [1, fc.constantFrom(null, 7, 'r', {}, [])]);
  return fc.array(entry, { minLength: 1, maxLength });
}

function weighted<Value>(...choices: readonly [number, fc.Arbitrary<Value>][]): fc.Arbitrary<Value> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}
