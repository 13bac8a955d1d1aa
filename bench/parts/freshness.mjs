/**
 * How soon all instances of a fleet enforce a change: random ones, over HTTP, while connections to Redis are killed; and
 * whether anybody ever shows a state that never was. `BENCH_CHANGES` asks for another number of changes than 3,000.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startInstance } from '../support/instance.mjs';
import { startRedis } from '../support/redis.mjs';

const INSTANCES = 4;
const CHANGES = Number(process.env.BENCH_CHANGES ?? 3_000);
const CLIENTS = 20;
const PROMISE_MS = 1_000;
const GIVE_UP_MS = 20_000;
const KILL_EVERY_MS = 200;

export async function freshness() {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const server = await startRedis();
  const instances = [];
  try {
    const place = { redisUrl: server.url, dir, realm: 'fleet', env: ENV };
    for (let i = 0; i < INSTANCES; i++) instances.push(await startInstance(place));
    return [
      ...(await measured(instances, 'as it comes')),
      ...(await whileKilling(server, () => measured(instances, 'while connections to Redis are killed'))),
    ];
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

const ENV = {
  // What is measured is not the hashing.
  GATEHOUSE_PASSWORD_HASH_COST: '1000',
  GATEHOUSE_HASH_BUDGET: '0',
  GATEHOUSE_HASH_BUDGET_USERNAME: '0',
};

async function measured(instances, how) {
  await insist(() => instances[0].put(DOCUMENT));
  await insist(() => instances[0].send({ command: 'setClientPassword', username: 'pair', password: how }));
  await enforcedBy(instances, logsIn('pair', how));
  const holes = watchForHoles(instances);
  const { waits, wrong } = await changeAtRandom(instances).finally(holes.stop);
  const { looks, seen } = holes;
  waits.sort((a, b) => a - b);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))].toFixed(1);
  return [
    {
      what: `a change, until each of ${INSTANCES} instances answers by it, ${how}`,
      target: 'at most 1,000 ms',
      measured: `${at(1)} ms`,
      isMet: waits.at(-1) <= PROMISE_MS,
      detail: `p50 ${at(0.5)} ms, p99 ${at(0.99)}, p99.9 ${at(0.999)}, the check included; ${waits.length} looks`,
    },
    {
      what: `wrong answers later than 1 s, ${how}`,
      target: '0',
      measured: String(wrong),
      isMet: wrong === 0,
    },
    {
      what: `states seen that never were, ${how}`,
      target: '0',
      measured: String(seen),
      isMet: seen === 0,
      detail: `${looks} looks`,
    },
  ];
}

async function changeAtRandom(instances) {
  const waits = [];
  const places = { secret: 'a', paired: 'c' };
  let wrong = 0;
  for (let n = 0; n < CHANGES; n++) {
    for (const [commands, isEnforced] of pick(KINDS)(`u${Math.floor(Math.random() * CLIENTS)}`, n, places)) {
      await insist(() => pick(instances).send(...commands));
      for (const { waitedMs, lastWrongMs } of await enforcedBy(instances, isEnforced)) {
        waits.push(waitedMs);
        if (lastWrongMs > PROMISE_MS) wrong++;
      }
    }
  }
  return { waits, wrong };
}

/** Asks each instance until its answer is right. @returns how long that took, and when the last wrong one was asked for. */
function enforcedBy(instances, isEnforced) {
  const startedAt = performance.now();
  return Promise.all(
    instances.map(async (instance) => {
      let lastWrongMs = 0;
      for (;;) {
        const askedMs = performance.now() - startedAt;
        if (await isEnforced(instance)) return { waitedMs: performance.now() - startedAt, lastWrongMs };
        lastWrongMs = askedMs;
        if (askedMs > GIVE_UP_MS) throw new Error(`${instance.url} does not enforce a change`);
      }
    }),
  );
}

/** Somebody is denied `secret`, and somebody `paired`, at all times. */
function watchForHoles(instances) {
  const watched = { looks: 0, seen: 0, stop };
  let isWatching = true;
  const watching = Promise.all(
    instances.map(async (instance) => {
      while (isWatching) {
        for (const look of [decides('u0', 'secret', true), decides('pair', 'paired', true)]) {
          watched.looks++;
          if (await look(instance)) watched.seen++;
        }
        await sleep(5);
      }
    }),
  );
  async function stop() {
    isWatching = false;
    await watching;
  }
  return watched;
}

async function whileKilling({ redis }, work) {
  let isKilling = true;
  const killing = (async () => {
    const own = String(await redis.client('ID'));
    while (isKilling) {
      const list = String(await redis.client('LIST'));
      const ids = [...list.matchAll(/^id=(\d+) /gm)].map(([, id]) => id).filter((id) => id !== own);
      if (ids.length > 0) await redis.client('KILL', 'ID', pick(ids));
      await sleep(KILL_EVERY_MS);
    }
  })();
  try {
    return await work();
  } finally {
    isKilling = false;
    await killing;
  }
}

/** What is said not to have been made can be made again. */
async function insist(change) {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!error.message.includes('nothing is changed') && !error.message.includes('no connection'))
        throw error;
      await sleep(20);
    }
  }
}

/** Every kind of change: commands, all or nothing, and how their being enforced shows, one step after the other. */
const KINDS = [
  (username, n) => {
    const acl = { acltype: 'publishClientSend', topic: `t/${n}` };
    return [
      [
        [{ command: 'addRoleACL', rolename: 'a', ...acl, priority: 9, allow: false }],
        decides(username, acl.topic, false),
      ],
      [[{ command: 'removeRoleACL', rolename: 'a', ...acl }], decides(username, acl.topic, true)],
    ];
  },
  (username) => [
    [[{ command: 'disableClient', username }], decides(username, 'x', false)],
    [[{ command: 'enableClient', username }], decides(username, 'x', true)],
  ],
  (username, n) => [
    [[{ command: 'deleteClient', username }], decides(username, 'x', false)],
    [
      [{ command: 'createClient', username, password: `p${n}`, roles: rolesOf('a', 'b', 'own') }],
      decides(username, 'x', true),
    ],
  ],
  (username, n) => [
    [[{ command: 'setClientPassword', username, password: `new${n}` }], logsIn(username, `new${n}`)],
  ],
  (username) => [
    [[{ command: 'addGroupClient', groupname: 'g', username }], decides(username, 'grouped', true)],
    [[{ command: 'removeGroupClient', groupname: 'g', username }], decides(username, 'grouped', false)],
  ],
  (username) => [
    [[{ command: 'addGroupClient', groupname: 'g', username }], decides(username, 'grouped', true)],
    [
      [
        { command: 'deleteGroup', groupname: 'g' },
        { command: 'createGroup', groupname: 'g', roles: rolesOf('member') },
      ],
      decides(username, 'grouped', false),
    ],
  ],
  // The denial of `secret` goes from one role to the other, in both of which everybody is.
  (username, n, places) => {
    const [from, to] = places.secret === 'a' ? ['a', 'b'] : ['b', 'a'];
    places.secret = to;
    return [[[...moved('secret', from, to), mark(username, n)], logsIn(username, `mark${n}`)]];
  },
  // The denial of `paired` goes to another role, and the client with it.
  (_username, n, places) => {
    const [from, to] = places.paired === 'c' ? ['c', 'd'] : ['d', 'c'];
    places.paired = to;
    const client = { command: 'modifyClient', username: 'pair', roles: rolesOf(to, 'own') };
    return [[[...moved('paired', from, to), client, mark('pair', n)], logsIn('pair', `mark${n}`)]];
  },
];

/** By which it shows that the whole batch is enforced: nothing else of it does. */
function mark(username, n) {
  return { command: 'setClientPassword', username, password: `mark${n}` };
}

function moved(topic, from, to) {
  const acl = { acltype: 'publishClientSend', topic };
  return [
    { command: 'removeRoleACL', rolename: from, ...acl },
    { command: 'addRoleACL', rolename: to, ...acl, priority: 9, allow: false },
  ];
}

function decides(username, topic, wanted) {
  const check = { username, clientid: 'c', topic, acc: 2 };
  return async (instance) => (await instance.allows('acl', check)) === wanted;
}

function logsIn(username, password) {
  return (instance) => instance.allows('user', { username, password, clientid: 'c' });
}

function rolesOf(...rolenames) {
  return rolenames.map((rolename) => ({ rolename }));
}

function pick(list) {
  return list[Math.floor(Math.random() * list.length)];
}

const acls = (topics, allow) =>
  topics.map((topic) => ({ acltype: 'publishClientSend', topic, priority: allow ? 1 : 9, allow }));

const DOCUMENT = {
  clients: [
    ...Array.from({ length: CLIENTS }, (_, i) => ({ username: `u${i}`, roles: rolesOf('a', 'b', 'own') })),
    { username: 'pair', roles: rolesOf('c', 'own') },
  ],
  groups: [{ groupname: 'g', roles: rolesOf('member') }],
  roles: [
    { rolename: 'a', acls: acls(['secret'], false) },
    { rolename: 'b', acls: [] },
    { rolename: 'c', acls: acls(['paired'], false) },
    { rolename: 'd', acls: [] },
    { rolename: 'member', acls: acls(['grouped'], true) },
    { rolename: 'own', acls: acls(['secret', 'paired', 'x', 't/#'], true) },
  ],
};
