/**
 * An instance of a realm in Redis that changes it at random, as a process of its own, on what is built in `dist/`.
 * Says in JSON, a line each, what it is about to do and what became of it.
 *
 *   node changing-process.mjs <port> <realm> <name>             small changes, to few entities
 *   node changing-process.mjs <port> <realm> <name> <clients>   documents of so many clients, each as a whole
 *
 * On its input, `stop` ends the changes; `tell <revision>` waits until that state is in force, and asks for the realm.
 */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runCommands } from '../../../dist/dynsec/commands/run-commands.js';
import { parseConfiguration } from '../../../dist/dynsec/document/parse-configuration.js';
import { toDocument } from '../../../dist/dynsec/document/to-document.js';
import { openConnections } from '../../../dist/store/redis/connections.js';
import { parseRedisAddress } from '../../../dist/store/redis/redis-address.js';
import { loadRedisScripts } from '../../../dist/store/redis/redis-scripts.js';
import { RedisStore } from '../../../dist/store/redis/redis-store.js';

const [port, realm, name, clients] = process.argv.slice(2);

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const some = (list) => list.filter(() => Math.random() < 0.5);
const nothing = () => {};

const connections = openConnections(parseRedisAddress(`redis://127.0.0.1:${port}`), {
  instanceId: name,
  listener: { connected: nothing, lost: nothing },
});
const store = new RedisStore({
  connections,
  scripts: await loadRedisScripts(fileURLToPath(new URL('../../../dist/store/redis/lua', import.meta.url))),
  realm,
  instanceId: name,
  version: '0.0.0',
  policy: { sharedSubscriptions: 'dynsec', allowAnonymous: true },
  maxStalenessMs: 300_000,
  replicas: 0,
  mustWrite: false,
  changesKept: 1_000_000,
  create: () => Promise.reject(new Error('the realm is gone')),
  listener: {
    read: nothing,
    damaged: (problem) => say({ damaged: problem }),
    restarted: nothing,
    advanced: nothing,
    contact: nothing,
    missing: nothing,
    refused: nothing,
    committed: nothing,
  },
});

/** Few, so that everybody is in everybody's way. */
const CLIENTS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
const GROUPS = ['g1', 'g2', 'g3'];
const ROLES = ['r1', 'r2', 'r3'];

const rolesOf = () => some(ROLES).map((rolename) => ({ rolename, priority: pick([-1, 5]) }));
const groupsOf = () => some(GROUPS).map((groupname) => ({ groupname }));
const anAcl = () => ({ acltype: 'publishClientSend', topic: pick(['a', 'b/#', 'c/+']) });
const client = () => ({ username: pick(CLIENTS) });
const group = () => ({ groupname: pick(GROUPS) });
const role = () => ({ rolename: pick(ROLES) });

const COMMANDS = [
  () => ({ command: 'createClient', ...client(), roles: rolesOf(), groups: groupsOf() }),
  () => ({ command: 'createClient', ...client(), password: 'x', roles: rolesOf() }),
  () => ({ command: 'deleteClient', ...client() }),
  () => ({ command: 'modifyClient', ...client(), textname: randomBytes(4).toString('hex') }),
  () => ({ command: 'modifyClient', ...client(), roles: rolesOf(), groups: groupsOf() }),
  () => ({ command: 'setClientPassword', ...client(), password: 'x' }),
  () => ({ command: pick(['enableClient', 'disableClient']), ...client() }),
  () => ({ command: 'addClientRole', ...client(), ...role() }),
  () => ({ command: 'removeClientRole', ...client(), ...role() }),
  () => ({ command: 'createGroup', ...group(), roles: rolesOf() }),
  () => ({ command: 'deleteGroup', ...group() }),
  () => ({ command: 'modifyGroup', ...group(), clients: some(CLIENTS).map((username) => ({ username })) }),
  () => ({ command: 'addGroupClient', ...group(), ...client() }),
  () => ({ command: 'removeGroupClient', ...group(), ...client() }),
  () => ({ command: 'addGroupRole', ...group(), ...role() }),
  () => ({ command: 'createRole', ...role(), acls: [{ ...anAcl(), allow: true }] }),
  () => ({ command: 'deleteRole', ...role() }),
  () => ({ command: 'addRoleACL', ...role(), ...anAcl(), allow: pick([true, false]), priority: 3 }),
  () => ({ command: 'removeRoleACL', ...role(), ...anAcl() }),
  () => ({ command: 'setAnonymousGroup', ...group() }),
  () => ({ command: 'setDefaultACLAccess', acls: [{ acltype: 'subscribe', allow: pick([true, false]) }] }),
];

function send(by, commands, atomic) {
  return store.commit({ via: 'login', by, from: '' }, (draft) => {
    const { reply, isUndone } = runCommands(
      draft,
      { commands },
      {
        mint: () => randomBytes(9).toString('base64url'),
        hashedPassword: () => ({ encoded: '$7$101$c2FsdA==$aGFzaA==' }),
        atomic,
      },
    );
    return { result: reply.responses, commands: commands.map(({ command }) => command), isUndone };
  });
}

let isStopped = false;

function sendAny(by) {
  const commands = Array.from({ length: pick([1, 1, 2, 4]) }, () => pick(COMMANDS)());
  const atomic = pick([true, false]);
  say({ by, commands, atomic });
  return send(by, commands, atomic);
}

/** Each client says which document it is of. */
function putDocument(by) {
  say({ by });
  const document = {
    clients: Array.from({ length: Number(clients) }, (_, i) => ({ username: `c${i}`, textname: by })),
  };
  return store.replace({ via: 'login', by, from: '' }, parseConfiguration(document).configuration);
}

/** What is said before a change is begun is known of it, wherever the process is killed. */
async function changeUntilStopped() {
  for (let n = 0; !isStopped; n++) {
    const by = `${name}-${n}`;
    try {
      const { revision, result } = await (clients ? putDocument(by) : sendAny(by));
      say({ by, outcome: 'done', revision, result });
    } catch (error) {
      say({ by, outcome: error.constructor.name, message: error.message });
    }
    // Half of them one after the other, half of them with time for others in between.
    if (Math.random() < 0.5) await sleep(Math.random() * 20);
  }
}

const inForce = async (revision) => {
  while (store.snapshot().revision !== revision) await sleep(20);
};

createInterface(process.stdin).on('line', async (line) => {
  const [what, revision] = line.split(' ');
  if (what === 'stop') isStopped = true;
  else {
    await inForce(revision);
    const { configuration } = await store.whole();
    say({ document: toDocument(configuration) });
    process.exit(0);
  }
});

store.open();
while (store.health().policy.state !== 'current') await sleep(20);
say({ isReady: true });
await changeUntilStopped();
say({ isStopped: true });
