/**
 * The same commands by Debian's `mosquitto_ctrl dynsec`, to a broker with its plugin, and by `gatehouse dynsec`, to the
 * service: what both print is the same, and so is the error where there is one. Everywhere else an error is a failure
 * (mosquitto_ctrl ends with 0 all the same) that names what failed, and wrong usage ends with 2 (mosquitto_ctrl: 3,
 * and 13 for an unknown command). What else differs on purpose is in `DIFFERENCES`.
 */
import type { CommandResult } from '../support/cli/run-gatehouse.js';
import { mosquittoDocument, runMosquittoCtrl, startDynsecBroker } from '../support/cli/mosquitto-ctrl.js';
import { ServedRealm } from '../support/cli/served-realm.js';
import type { Mosquitto } from '../support/mosquitto.js';

const TIMEOUT_MS = 120_000;

/** One after the other; the entities of the ones before are there. */
const COMMANDS: readonly string[] = [
  'getDefaultACLAccess',
  'createClient alice -p secret -c c1',
  'createClient alice -p secret',
  'createClient bob -p secret',
  'createclient carl -p secret',
  'getClient alice',
  'getClient bob',
  'getClient nobody',
  'createRole r1',
  'createRole r2',
  'createRole r1',
  'createGroup g1',
  'createGroup g2',
  'createGroup g1',
  'addClientRole alice r1 5',
  'addClientRole alice r2',
  'addClientRole alice r1 7',
  'addClientRole alice nothing',
  'addClientRole bob r2 -7',
  'addGroupClient g1 alice 7',
  'addGroupClient g2 alice',
  'addGroupClient g1 alice',
  'addGroupClient g1 bob',
  'addGroupRole g1 r1 9',
  'addGroupRole g1 r2',
  'addGroupRole g1 r1',
  'getClient alice',
  'getClient bob',
  'getGroup g1',
  'getGroup g2',
  'getGroup nothing',
  'getRole r1',
  'addRoleACL r1 publishClientSend a/b allow 3',
  'addRoleACL r1 publishclientreceive a/+/c Deny',
  'addRoleACL r1 subscribeLiteral a/# deny -5',
  'addRoleACL r1 subscribePattern a/+/# ALLOW 1',
  'addRoleACL r1 unsubscribeLiteral a allow',
  'addRoleACL r1 unsubscribePattern # allow 0',
  'addRoleACL r1 unsubscribePattern # deny 4',
  'addRoleACL r1 subscribePattern a# deny',
  'getRole r1',
  'getRole nothing',
  'removeRoleACL r1 subscribeLiteral a/#',
  'removeRoleACL r1 subscribeLiteral a/#',
  'getRole r1',
  'listClients',
  'listClients 2',
  'listClients 2 1',
  'listClients 0 1',
  'listClients 10 10',
  'listGroups',
  'listGroups 1 1',
  'listRoles',
  'listRoles 1',
  'getAnonymousGroup',
  'setAnonymousGroup g1',
  'setAnonymousGroup nothing',
  'getAnonymousGroup',
  'disableClient bob',
  'getClient bob',
  'enableClient bob',
  'getClient bob',
  'setClientId bob c2',
  'getClient bob',
  'setClientId bob',
  'getClient bob',
  'setClientPassword bob other',
  'setClientPassword nobody other',
  'removeGroupClient g1 alice',
  'removeGroupRole g1 r1',
  'removeClientRole alice r1',
  'removeClientRole alice nothing',
  'getClient alice',
  'getGroup g1',
  'deleteGroup g2',
  'deleteRole r2',
  'deleteRole r2',
  'getClient alice',
  'deleteClient carl',
  'deleteClient carl',
  'listClients',
  'setDefaultACLAccess nothing allow',
  'setDefaultACLAccess subscribe perhaps',
  'createClient',
  'createClient dora -p',
  'deleteClient',
  'deleteClient a b',
  'addClientRole alice',
  'addClientRole alice r1 1 2',
  'addRoleACL r1 nothing a allow',
  'addRoleACL r1 subscribePattern a perhaps',
  'addRoleACL r1 subscribePattern',
  'removeRoleACL r1',
  'removeRoleACL r1 subscribePattern a/+/# deny',
  'listClients 1 1 1',
  'createRole a b',
  'nothing',
];

/** What both come to where they do not come to the same; run after all of the above. */
const DIFFERENCES: readonly {
  readonly because: string;
  readonly commands: readonly string[];
  readonly theirs: readonly Outcome[];
  readonly ours: readonly Outcome[];
}[] = [
  {
    because: 'mosquitto_ctrl 2.0.11 sends `access` where the plugin reads `allow`, and nothing changes',
    commands: ['setDefaultACLAccess subscribe allow', 'getDefaultACLAccess'],
    theirs: [done(''), done(defaultAccess('deny', 'allow', 'deny', 'allow'))],
    ours: [done(''), done(defaultAccess('deny', 'allow', 'allow', 'allow'))],
  },
  {
    because: 'mosquitto_ctrl does not send a priority of -1, which is none for roles, but one for ACLs',
    commands: ['createRole r3', 'addRoleACL r3 publishClientSend a allow -1', 'getRole r3'],
    theirs: [
      done(''),
      done(''),
      done('Rolename: r3\nACLs:     publishClientSend    : allow : a (priority: 0)\n'),
    ],
    ours: [
      done(''),
      done(''),
      done('Rolename: r3\nACLs:     publishClientSend    : allow : a (priority: -1)\n'),
    ],
  },
  {
    because: 'to mosquitto_ctrl, a priority that is no number is 0',
    commands: ['addClientRole bob r3 high'],
    theirs: [done('')],
    ours: [{ kind: 'misused', stdout: '' }],
  },
  {
    because: 'mosquitto_ctrl passes over options that there are not',
    commands: ['createClient eve -p secret --disabled'],
    theirs: [done('')],
    ours: [{ kind: 'misused', stdout: '' }],
  },
  {
    because: 'mosquitto_ctrl passes over what comes after a command without arguments',
    commands: ['getAnonymousGroup g2'],
    theirs: [done('g1\n')],
    ours: [{ kind: 'misused', stdout: '' }],
  },
  {
    because: 'mosquitto_ctrl does not show texts',
    commands: ['getClient admin'],
    theirs: [done('Username: admin\nClientid:\nRoles:    admin (priority: -1)\n')],
    ours: [done('Username: admin\nClientid:\nTextname: Dynsec admin user\nRoles:    admin (priority: -1)\n')],
  },
];

/** What somebody reads of it, whatever the tool. */
interface Outcome {
  readonly kind: 'done' | 'error' | 'misused';
  readonly stdout: string;
  /** Of an error: the command, and dynsec's words. */
  readonly error?: readonly [string, string];
}

function done(stdout: string): Outcome {
  return { kind: 'done', stdout };
}

function defaultAccess(...words: readonly string[]): string {
  const names = ['publishClientSend', 'publishClientReceive', 'subscribe', 'unsubscribe'];
  return names.map((name, i) => `${name.padEnd(20)} : ${String(words[i])}\n`).join('');
}

function outcomeOf({ code, stdout, stderr }: CommandResult, misused: readonly (number | null)[]): Outcome {
  if (misused.includes(code)) return { kind: 'misused', stdout };
  const [, command, words] = /^(\w+)[^:]*: Error: (.*)\n$/.exec(stderr) ?? [];
  if (command !== undefined && words !== undefined) return { kind: 'error', stdout, error: [command, words] };
  return { kind: 'done', stdout: `${stdout}${stderr}` };
}

describe('gatehouse dynsec beside mosquitto_ctrl dynsec', () => {
  let broker: Mosquitto;
  let realm: ServedRealm;
  const codes = new Set<string>();

  beforeAll(async () => {
    const document = await mosquittoDocument();
    broker = await startDynsecBroker(document);
    realm = await ServedRealm.start(document);
  });

  afterAll(async () => {
    await realm.stop();
    await broker.stop();
  });

  const run = async (command: string): Promise<{ readonly theirs: Outcome; readonly ours: Outcome }> => {
    const words = command.split(' ');
    const [theirs, ours] = await Promise.all([
      runMosquittoCtrl(broker, words),
      realm.runInside('dynsec', words),
    ]);
    const outcome = outcomeOf(ours, [2]);
    codes.add(`${outcome.kind}: ${String(ours.code)}`);
    return { theirs: outcomeOf(theirs, [3, 13]), ours: outcome };
  };

  it(
    'prints what mosquitto_ctrl prints, and fails with its words',
    async () => {
      const rows = [];
      for (const command of COMMANDS) rows.push({ command, ...(await run(command)) });
      const ours = rows.map(({ command, ours }) => ({ command, ...ours }));
      expect(ours).toEqual(rows.map(({ command, theirs }) => ({ command, ...theirs })));
      expect([...codes].sort()).toEqual(['done: 0', 'error: 1', 'misused: 2']);
    },
    TIMEOUT_MS,
  );

  it.each(DIFFERENCES)('differs on purpose: $because', async ({ commands, theirs, ours }) => {
    const outcomes = [];
    for (const command of commands) outcomes.push(await run(command));
    expect(outcomes.map((outcome) => outcome.theirs)).toEqual(theirs);
    expect(outcomes.map((outcome) => outcome.ours)).toEqual(ours);
  });
});
