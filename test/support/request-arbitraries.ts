/**
 * Random requests that a random document has something to say about: their topics are made of the topics of its
 * ACLs, their identities of its clients.
 */
import * as fc from 'fast-check';
import { ACCESSES, type Access } from '../../src/dynsec/entities.js';
import type { ReferenceOptions, ReferenceRequest } from '../reference/decide.js';
import {
  CLIENT_IDS,
  randomDocument,
  USERNAMES,
  type RandomAcl,
  type RandomClient,
  type RandomDocument,
} from './policy-arbitraries.js';
import { borderlineTopic, requestLevel } from './topic-arbitraries.js';

/** A document, and what is asked of it. */
export interface RandomCase {
  readonly config: object;
  readonly options: ReferenceOptions;
  readonly requests: readonly ReferenceRequest[];
}

/** How a request is made of a document; numbers choose from lists, modulo their length. */
interface Recipe {
  /** Which client asks; undefined: one by another name, or none. */
  readonly who: number | undefined;
  readonly otherUsername: string | null;
  /** Undefined: one with which the client may well ask. */
  readonly clientid: string | null | undefined;
  /** Undefined: the access that the ACL is about. */
  readonly access: Access | undefined;
  readonly acl: number;
  /** What stands where the ACL has wildcards. */
  readonly levels: readonly string[];
  readonly keepsWildcards: boolean;
  readonly twist: Twist;
  /** Rarely: this topic, whatever the ACL says. */
  readonly borderline: string | undefined;
}

type Twist = 'none' | 'verbatim' | 'shorter' | 'longer' | 'one level changed' | 'shared' | 'unrelated';

const recipe: fc.Arbitrary<Recipe> = fc.record({
  who: fc.option(fc.nat(4), { nil: undefined, freq: 8 }),
  otherUsername: fc.constantFrom(null, '', null, '', 'nobody', ...USERNAMES),
  clientid: fc.option(fc.constantFrom(null, '', ...CLIENT_IDS, ...USERNAMES), { nil: undefined, freq: 3 }),
  access: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...ACCESSES) },
  ),
  acl: fc.nat(60),
  levels: fc.array(requestLevel, { minLength: 4, maxLength: 4 }),
  keepsWildcards: fc.boolean(),
  twist: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Twist>('none') },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Twist>(
        'verbatim',
        'shorter',
        'longer',
        'one level changed',
        'shared',
        'shared',
        'unrelated',
      ),
    },
  ),
  borderline: fc.oneof(
    { weight: 20, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: borderlineTopic },
  ),
});

const options: fc.Arbitrary<ReferenceOptions> = fc.record({
  allowAnonymous: fc.boolean(),
  sharedSubscriptions: fc.constantFrom('dynsec', 'filter'),
});

/** Documents with up to twenty requests each. */
export const randomCase: fc.Arbitrary<RandomCase> = fc
  .record({ document: randomDocument, options, recipes: fc.array(recipe, { minLength: 8, maxLength: 20 }) })
  .map((drawn) => ({
    config: drawn.document.config,
    options: drawn.options,
    requests: drawn.recipes.map((each) => cook(drawn.document, each)),
  }));

/** One role of hundreds of ACLs, most of which differ only in where they have `+`, and deep topics. */
export const largeRoleCase: fc.Arbitrary<RandomCase> = fc
  .integer({ min: 1, max: 18 })
  .chain((depth) => {
    const levels = (...of: string[]): fc.Arbitrary<string[]> =>
      fc.array(fc.constantFrom(...of), { minLength: Math.max(1, depth - 2), maxLength: depth });
    const ending = fc.constantFrom('', '', '', '/#', '/%u', '/b', '/%{missing}', '/b+');
    const aclTopic = fc.tuple(levels('a', '+'), ending).map(([text, end]) => text.join('/') + end);
    const acl = fc.record({
      topic: aclTopic,
      priority: fc.nat(5),
      allow: fc.boolean(),
      isSend: fc.boolean(),
    });
    const acls = fc.array(acl, { minLength: 100, maxLength: 400, size: 'max' });
    const topic = fc
      .tuple(levels('a', 'a', 'a', 'a', 'b'), fc.constantFrom('', '/b', '/u', '/b/b'))
      .map(([text, end]) => text.join('/') + end);
    return fc.record({
      acls,
      topics: fc.array(topic, { minLength: 10, maxLength: 20 }),
      allow: fc.boolean(),
    });
  })
  .map(({ acls, topics, allow }) => ({
    config: {
      defaultACLAccess: { publishClientSend: allow, subscribe: allow },
      clients: [{ username: 'u', roles: [{ rolename: 'r' }] }],
      roles: [
        {
          rolename: 'r',
          acls: acls.map(({ isSend, ...rest }) => ({
            acltype: isSend ? 'publishClientSend' : 'subscribePattern',
            ...rest,
          })),
        },
      ],
    },
    options: { allowAnonymous: false, sharedSubscriptions: 'dynsec' },
    requests: topics.flatMap((topic) => [
      { username: 'u', clientid: 'c', access: 'publishClientSend', topic },
      { username: 'u', clientid: 'c', access: 'subscribe', topic: topic.replace('a', '+') },
    ]),
  }));

function cook(document: RandomDocument, chosen: Recipe): ReferenceRequest {
  const client = chosen.who === undefined ? undefined : pick(document.clients, chosen.who);
  const clientid = chosen.clientid === undefined ? fittingClientId(client, chosen) : chosen.clientid;
  const acl = pick(client?.acls ?? document.anonymousAcls, chosen.acl);
  const access = chosen.access ?? accessOf(acl) ?? 'subscribe';
  const keepsWildcards = chosen.keepsWildcards && access.endsWith('subscribe');
  return {
    username: client === undefined ? chosen.otherUsername : client.username,
    clientid,
    access,
    topic: chosen.borderline ?? topicOf(acl, { ...chosen, keepsWildcards }, client, clientid),
  };
}

function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)];
}

function accessOf(acl: RandomAcl | undefined): Access | undefined {
  return ACCESSES.find((access) => acl?.acltype.toLowerCase().startsWith(access.toLowerCase()));
}

function fittingClientId(client: RandomClient | undefined, chosen: Recipe): string | null {
  const template =
    client?.clientid ?? pick(client?.clientids ?? [], chosen.acl) ?? pick(CLIENT_IDS, chosen.acl);
  return fill(template ?? 'a', client, null).replace(
    /\*$/,
    pick(['eu', 'eu-7', 'e/u', ''], chosen.acl) ?? '',
  );
}

function topicOf(
  acl: RandomAcl | undefined,
  chosen: Recipe,
  client: RandomClient | undefined,
  clientid: string | null,
): string {
  if (acl !== undefined && chosen.twist === 'verbatim') return acl.topic;
  if (acl === undefined || chosen.twist === 'unrelated') return chosen.levels.slice(0, 2).join('/');
  const levels = acl.topic.split('/').flatMap((level, index) => {
    if (level === '+') return [chosen.keepsWildcards ? '+' : (pick(chosen.levels, index) ?? 'a')];
    if (level === '#') return chosen.keepsWildcards ? ['#'] : chosen.levels.slice(0, chosen.acl % 3);
    return [fill(level, client, clientid)];
  });
  return twisted(levels, chosen).join('/');
}

/** Puts the client's values in the place of variables, and `a` where it has none that a topic could hold. */
function fill(level: string, client: RandomClient | undefined, clientid: string | null): string {
  const values = new Map<string, string | null | undefined>(Object.entries(client?.attributes ?? {}));
  values.set('username', client?.username).set('clientid', clientid);
  const valueOf = (name: string): string => {
    const value = values.get(name) ?? '';
    return value === '' || /[+#]/.test(value) ? 'a' : value;
  };
  if (level === '%u') return valueOf('username');
  if (level === '%c') return valueOf('clientid');
  return level.replace(/%\{(\w+)\}/g, (_, name: string) => valueOf(name));
}

function twisted(levels: readonly string[], { twist, levels: others, acl }: Recipe): readonly string[] {
  const other = others[0] ?? 'a';
  switch (twist) {
    case 'shorter':
      return levels.slice(0, -1);
    case 'longer':
      return [...levels, other];
    case 'one level changed':
      return levels.map((level, index) => (index === acl % levels.length ? other : level));
    case 'shared':
      return ['$share', 'a', ...levels];
    default:
      return levels;
  }
}
