import fc from 'fast-check';
import { CompiledRole } from '../../../src/dynsec/compiled-role.js';
import type { Access, Acl, AclType } from '../../../src/dynsec/entities.js';
import { LOADED } from '../../../src/dynsec/entities.js';
import type { Identity } from '../../../src/dynsec/identity.js';
import { findShadowed } from '../../../src/dynsec/lint/shadowed-rule.js';
import { StandIns } from '../../../src/dynsec/lint/stand-ins.js';
import { TopicLevels } from '../../../src/dynsec/topic-levels.js';
import { testSeed } from '../../support/seed.js';

const TYPES: Readonly<Record<Access, readonly AclType[]>> = {
  publishClientSend: ['publishClientSend'],
  publishClientReceive: ['publishClientReceive'],
  subscribe: ['subscribeLiteral', 'subscribePattern'],
  unsubscribe: ['unsubscribeLiteral', 'unsubscribePattern'],
};

const level = fc.constantFrom(
  'a',
  'b',
  '+',
  '#',
  '%u',
  '%c',
  '%{username}',
  'x%{username}',
  '$a',
  '',
  '%u%c',
  '+a',
);
const topic = fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'));

function acls(types: readonly AclType[]): fc.Arbitrary<readonly Acl[]> {
  const acl = fc.record({
    acltype: fc.constantFrom(...types),
    topic: topic.filter((text) => text !== ''),
    priority: fc.constant(0),
    allow: fc.boolean(),
  });
  return fc.uniqueArray(acl, {
    minLength: 2,
    maxLength: 8,
    selector: (one) => `${one.acltype} ${one.topic}`,
  });
}

/** Every topic of up to four levels; `z` is in no rule, `u` is a user name. */
const LEVELS = ['a', 'b', 'z', 'u', 'xu', '+', '#', '$a', ''];
const TOPICS = [1, 2, 3, 4]
  .flatMap((length) => product(LEVELS, length))
  .filter((levels) => !levels.slice(0, -1).includes('#'))
  .map((levels) => new TopicLevels(levels.join('/')));

const IDENTITIES: readonly Identity[] = [
  { username: 'u', clientid: 'z', group: null, attributes: undefined },
  { username: 'a', clientid: 'a', group: null, attributes: undefined },
  { username: 'u/x', clientid: 'z', group: null, attributes: undefined },
  { username: null, clientid: null, group: null, attributes: undefined },
];

function product(values: readonly string[], length: number): readonly (readonly string[])[] {
  if (length === 0) return [[]];
  return product(values, length - 1).flatMap((rest) => values.map((value) => [...rest, value]));
}

describe('rules that are called shadowed', () => {
  it.each(['publishClientSend', 'subscribe'] as const)(
    'never decide: %s, over all short topics',
    (access) => {
      let shadowed = 0;
      const property = fc.property(acls(TYPES[access]), (list) => {
        const sorted = TYPES[access].flatMap((type) => list.filter(({ acltype }) => acltype === type));
        const role = { rolename: 'r', incarnation: LOADED, allowwildcardsubs: true, acls: sorted };
        const compiled = new CompiledRole(role);
        const found = [...findShadowed(compiled.rulesFor(access), new StandIns([role]))];
        shadowed += found.length;
        const rules = new Map(found.map(({ rule, isForAll }) => [rule, isForAll]));
        for (const identity of rules.size > 0 ? IDENTITIES : []) {
          for (const asked of TOPICS) {
            const verdict = compiled.evaluate(access, asked, identity, { sawUnsafeAllow: false });
            if (!verdict || verdict.cause === 'wildcard_subscription') continue;
            const isForAll = rules.get(verdict.rule);
            if (isForAll === undefined || (!isForAll && verdict.cause === 'unsafe_identity')) continue;
            throw new Error(
              `${verdict.rule.acl.topic} decides about ${asked.text}: ${JSON.stringify(sorted)}`,
            );
          }
        }
      });
      fc.assert(property, { numRuns: 1_000, seed: testSeed() });
      expect(shadowed).toBeGreaterThan(30);
    },
  );
});
