/** How fast decide() is, and how little it slows down with the number of ACLs. */
import { decide } from '../../dist/dynsec/decide.js';
import { parseConfiguration } from '../../dist/dynsec/document/parse-configuration.js';
import { compilePolicy } from '../../dist/dynsec/policy.js';
import { ratioRow } from '../support/report.mjs';

const OPTIONS = { allowAnonymous: false, sharedSubscriptions: 'dynsec' };
const ROUNDS = 7;
const DECISIONS = 200_000;
const MANY = 100_000;

/** Kinds of roles: how their ACLs look, and a topic for each ACL. */
const KINDS = {
  'prefixes, hit': {
    acl: (i) => `fleet/site/devices/d${i}/#`,
    topic: (i) => `fleet/site/devices/d${i}/tele/temp`,
  },
  'mixed, hit': {
    acl: (i) => [`a${i % 97}/b${i}/c`, `a${i % 97}/+/c${i}`, `x/${i}/#`][i % 3],
    topic: (i) => [`a${i % 97}/b${i}/c`, `a${i % 97}/zz/c${i}`, `x/${i}/p/q`][i % 3],
  },
  'mixed, miss': {
    acl: (i) => [`a${i % 97}/b${i}/c`, `a${i % 97}/+/c${i}`, `x/${i}/#`][i % 3],
    topic: (i) => `a${i % 97}/q${i}/d${i}`,
  },
  '32 masks of +, hit': {
    acl: (i) => [...maskedLevels(i), i >> 5].join('/'),
    topic: (i) => [...plainLevels(i), i >> 5].join('/'),
  },
};

const plainLevels = (i) => [0, 1, 2, 3, 4].map((at) => `l${((i >> 5) % 10) + at * 10}`);
const maskedLevels = (i) => plainLevels(i).map((level, at) => ((i >> at) & 1 ? '+' : level));

export async function decisions() {
  const small = measure(threeRoles(), [
    'plain/t2/3',
    'plain/t0/8',
    'pre/2/4/x',
    'devices/c1/x211',
    'none/at/all',
  ]);
  const rows = [
    {
      what: 'decide(), 3 roles of 20 ACLs',
      target: '500,000 a second',
      measured: `${Math.round(1e9 / small).toLocaleString('en')} a second`,
      isMet: 1e9 / small >= 500_000,
    },
  ];
  for (const [name, { acl, topic }] of Object.entries(KINDS)) {
    const large = [roleOf('r', numbers(MANY).map(acl))];
    const few = measure([roleOf('r', numbers(10).map(acl))], numbers(10).map(topic));
    const many = measure(large, numbers(MANY).map(topic));
    const hot = measure(large, numbers(10).map(topic));
    rows.push(
      ratioRow({
        what: `decide(), a role of 100,000 ACLs against one of 10: ${name}`,
        ratio: many / few,
        atMost: 3,
        // What is left of the difference then is what it takes to look at memory that no cache has.
        detail: `${few.toFixed(0)} ns, ${many.toFixed(0)} ns; ${hot.toFixed(0)} ns where ten topics of the large one are asked for again and again`,
      }),
    );
  }
  return rows;
}

const numbers = (count) => Array.from({ length: count }, (_, i) => i);

function roleOf(rolename, topics) {
  const acls = topics.map((topic) => ({ acltype: 'publishClientSend', topic, allow: true }));
  return { rolename, acls };
}

function threeRoles() {
  const topics = (k, i) =>
    [
      `site/+/dev${k}${i}/#`,
      `devices/%c/x${k}${i}`,
      `a/b${i}/c${k}/+`,
      `plain/t${k}/${i}`,
      `pre/${k}/${i}/#`,
    ][i % 5];
  return [0, 1, 2].map((k) =>
    roleOf(
      `r${k}`,
      numbers(20).map((i) => topics(k, i)),
    ),
  );
}

/** Nanoseconds a decision, the topic split included; the best of some rounds, since noise only adds. */
function measure(roles, topics) {
  const client = { username: 'alice', roles: roles.map(({ rolename }) => ({ rolename })) };
  const { configuration } = parseConfiguration({ roles, clients: [client], groups: [] });
  const policy = compilePolicy(configuration, OPTIONS);
  const subject = { kind: 'client', client: configuration.clients.get('alice') };
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = process.hrtime.bigint();
    for (let i = 0; i < DECISIONS; i++) {
      // A step that is prime to the counts: neighbours in the list are not neighbours in time.
      const topic = topics[(i * 7_919) % topics.length];
      decide(policy, subject, { access: 'publishClientSend', topic, clientid: 'c1' });
    }
    best = Math.min(best, Number(process.hrtime.bigint() - startedAt) / DECISIONS);
  }
  return best;
}
