import * as fc from 'fast-check';
import {
  decideBy,
  type ReferenceDecision,
  type ReferenceOptions,
  type ReferenceRule,
} from '../reference/decide.js';
import { readDocument } from '../reference/document.js';
import { passesGates } from '../reference/gates.js';
import { engineDecide } from '../support/engine.js';
import { largeRoleCase, randomCase, type RandomCase } from '../support/request-arbitraries.js';
import { testSeed } from '../support/seed.js';
import { allTexts } from '../support/topic-arbitraries.js';

const OPTIONS: ReferenceOptions = { allowAnonymous: false, sharedSubscriptions: 'dynsec' };
const TIMEOUT_MS = 60_000;

/** Two decisions that are not the same, and what was asked. */
interface Disagreement {
  readonly asked: unknown;
  readonly engine: ReferenceDecision;
  readonly reference: ReferenceDecision;
}

const WORLDS = [
  {
    name: 'three symbols, or four of the fewer',
    aclTopics: union(
      allTexts(['a', 'b', '/', '+', '#', '$', '%u'], 3),
      allTexts(['a', '/', '+', '#', '%u'], 4),
    ),
    topics: union(allTexts(['a', 'b', '/', '+', '#', '$'], 3), allTexts(['a', '/', '+', '#'], 4)),
  },
  {
    name: 'four levels against three',
    aclTopics: allTexts(['a/', '/', '+/', '#/', '%u/'], 4).map(withoutLastSlash),
    topics: allTexts(['a/', 'b/', '/', '+/', '#/'], 3).map(withoutLastSlash),
  },
];
const IDENTITIES = [
  { username: 'a', clientid: 'c', isSafe: true },
  { username: 'a/b', clientid: 'c', isSafe: false },
];

describe.each(WORLDS)('one ACL and one request, every pair of short ones: $name', ({ aclTopics, topics }) => {
  const requests = (['publishClientSend', 'subscribe', 'unsubscribe'] as const).flatMap((access) =>
    topics
      .filter((topic) => topic.length < 3 || passesGates(access, topic))
      .map((topic) => ({ access, topic })),
  );
  const combinations = IDENTITIES.flatMap((identity) =>
    [true, false].map((allow) => ({ ...identity, allow })),
  );

  it.each(combinations)(
    'the engine answers as the reference does: user $username, allow $allow',
    ({ username, clientid, isSafe, allow }) => {
      const disagreements = aclTopics
        .filter((aclTopic) => isSafe || aclTopic.includes('%u'))
        .flatMap((aclTopic) => {
          const config = oneAcl(aclTopic, allow, username);
          const asked = requests.map((request) => ({ username, clientid, ...request }));
          return disagreementsOf({ config, options: OPTIONS, requests: asked });
        });
      expect(disagreements.slice(0, 10)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('random documents and requests', () => {
  it(
    'the engine answers as the reference does',
    () => {
      const agrees = fc.property(randomCase, (each) => {
        expect(disagreementsOf(each)).toEqual([]);
      });
      fc.assert(agrees, { seed: testSeed(), numRuns: 2000 });
    },
    TIMEOUT_MS,
  );

  it(
    'the engine answers as the reference does where roles have hundreds of ACLs',
    () => {
      const agrees = fc.property(largeRoleCase, (each) => {
        expect(disagreementsOf(each)).toEqual([]);
      });
      fc.assert(agrees, { seed: testSeed(), numRuns: 150 });
    },
    TIMEOUT_MS,
  );

  it('many of them are decided by an ACL', () => {
    const decisions = fc.sample(randomCase, { seed: testSeed(), numRuns: 300 }).flatMap((each) => {
      const document = readDocument(each.config);
      return each.requests.map((request) => decideBy(document, request, each.options));
    });
    const byRule = decisions.filter(({ rule }) => rule !== undefined);
    expect(byRule.length).toBeGreaterThan(decisions.length / 5);
    expect(byRule.filter(({ allowed }) => allowed).length).toBeGreaterThan(byRule.length / 5);
  });
});

/** Three types of the ACL, one for each way of matching, against defaults that say the contrary. */
function oneAcl(topic: string, allow: boolean, username: string): object {
  const types = ['publishClientSend', 'subscribePattern', 'unsubscribeLiteral'];
  return {
    defaultACLAccess: { publishClientSend: !allow, subscribe: !allow, unsubscribe: !allow },
    roles: [{ rolename: 'r', acls: types.map((acltype) => ({ acltype, topic, allow })) }],
    clients: [{ username, roles: [{ rolename: 'r' }] }],
  };
}

function disagreementsOf({ config, requests, options }: RandomCase): Disagreement[] {
  const document = readDocument(config);
  return requests.flatMap((request) => {
    const engine = engineDecide(config, request, options);
    const reference = decideBy(document, request, options);
    const isSame = engine.allowed === reference.allowed && isSameRule(engine.rule, reference.rule);
    return isSame ? [] : [{ asked: { config, request, options }, engine, reference }];
  });
}

function isSameRule(a: ReferenceRule | undefined, b: ReferenceRule | undefined): boolean {
  return (
    a?.rolename === b?.rolename &&
    a?.groupname === b?.groupname &&
    a?.acltype === b?.acltype &&
    a?.topic === b?.topic
  );
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}

function withoutLastSlash(text: string): string {
  return text.slice(0, -1);
}
