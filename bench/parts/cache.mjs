/** Where remembering decisions pays: the whole ACL check without its HTTP, with the cache and without. */
import { DecisionCache } from '../../dist/cache/decision-cache.js';
import { parseConfiguration } from '../../dist/dynsec/document/parse-configuration.js';
import { createAuthorize } from '../../dist/gate/authorize.js';
import { MemoryRealm } from '../../dist/store/memory/memory-realm.js';

const POLICY = { allowAnonymous: false, sharedSubscriptions: 'dynsec' };
const ROUNDS = 7;
const CHECKS = 100_000;
const ENTRIES = 100_000;

const numbers = (count) => Array.from({ length: count }, (_, i) => i);
const rule = (topic) => ({ acltype: 'publishClientSend', topic, allow: true });
const role = (rolename, topics) => ({ rolename, acls: topics.map(rule) });
const maskedLevels = (i) => numbers(5).map((at) => ((i >> at) & 1 ? '+' : `l${((i >> 5) % 10) + at * 10}`));

/** Who asks for what, by which roles. `topics` are asked for again and again, by every client. */
const CASES = {
  'one role of 3 ACLs, hit': {
    roles: [role('jail', ['devices/%u/#', 'devices/%u/a/+', 'news/#'])],
    topics: numbers(20).map((i) => `devices/device1/tele/${i}`),
  },
  '3 roles of 20 ACLs, hit': {
    roles: numbers(3).map((k) =>
      role(
        `r${k}`,
        numbers(20).map((i) => [`site/+/dev${k}${i}/#`, `a/b${i}/c${k}/+`, `plain/t${k}/${i}`][i % 3]),
      ),
    ),
    topics: ['plain/t2/2', 'plain/t0/8', 'a/b1/c2/x', 'site/x/dev26/y', 'none/at/all'],
  },
  'a role of 100,000 ACLs, 32 masks of +, hit': {
    roles: [
      role(
        'r',
        numbers(100_000).map((i) => [...maskedLevels(i), i >> 5].join('/')),
      ),
    ],
    topics: numbers(100).map((i) => `l${i % 10}/l${(i % 10) + 10}/x/y/z/${i}`),
  },
  '100 roles of 20 ACLs, hit': {
    roles: numbers(100).map((k) =>
      role(
        `r${k}`,
        numbers(20).map((i) => `a/b${i}/c${k}/+`),
      ),
    ),
    topics: numbers(100).map((i) => `a/b${i % 20}/c${i}/x`),
  },
  'one role of 3 ACLs, miss (more topics than entries)': {
    roles: [role('jail', ['devices/%u/#', 'devices/%u/a/+', 'news/#'])],
    topics: numbers(4 * ENTRIES).map((i) => `devices/device1/tele/${i}`),
  },
};

export function cache() {
  return Object.entries(CASES).map(([name, { roles, topics }]) => {
    const store = storeOf(roles);
    const authorize = createAuthorize(store);
    const cached = new DecisionCache(ENTRIES).decorate(store, authorize);
    const [without, remembered] = measure([authorize, cached], topics);
    return {
      what: `decision cache: ${name}`,
      target: '',
      measured: `${(remembered / without).toFixed(2)} of the time`,
      detail: `${remembered.toFixed(0)} ns against ${without.toFixed(0)}`,
    };
  });
}

function storeOf(roles) {
  const client = { username: 'device1', roles: roles.map(({ rolename }) => ({ rolename })) };
  const { configuration } = parseConfiguration({ roles, clients: [client], groups: [] });
  return new MemoryRealm({ configuration, policy: POLICY });
}

/** Nanoseconds a check, of each in turn; the best of some rounds, since noise only adds. */
function measure(sides, topics) {
  const best = sides.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    sides.forEach((authorize, side) => {
      const bodies = requests(topics, round);
      const startedAt = process.hrtime.bigint();
      for (const body of bodies) authorize(body);
      best[side] = Math.min(best[side], Number(process.hrtime.bigint() - startedAt) / CHECKS);
    });
  }
  return best;
}

/** As they come in: each text is a new one, whose hash nobody has worked out yet. */
function requests(topics, round) {
  return numbers(CHECKS).map((i) => {
    const topic = topics[(round * CHECKS + i * 7_919) % topics.length];
    return JSON.parse(
      JSON.stringify({ username: 'device1', clientid: 'c1', topic, access: 'publishClientSend' }),
    );
  });
}
