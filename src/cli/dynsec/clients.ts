import { Argument, Option } from 'commander';
import { z } from 'zod';
import { columns, textRows, withPriority } from './columns.js';
import type { DynsecCommand, Flag, Members } from './grammar.js';
import { renderList } from './lists.js';
import {
  PAGE,
  PRIORITY,
  references,
  ROLENAME,
  TEXTS,
  USERNAME,
  VERBOSE,
  withOpposite,
} from './parameters.js';
import { roleReferences, texts } from './shapes.js';
import { collect, parseAttribute } from './values.js';

const client = z.object({
  username: z.string(),
  clientid: z.string().optional(),
  clientids: z.array(z.string()).optional(),
  ...texts,
  disabled: z.boolean().optional(),
  superuser: z.boolean().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
  roles: roleReferences,
  groups: z.array(z.object({ groupname: z.string(), priority: z.number().optional() })),
});

const clientid: Flag = {
  member: 'clientid',
  options: [new Option('-c, --clientid <clientid>', 'the one client id with which it may connect')],
  negated: '',
};

/** The fields that Mosquitto does not have. */
const EXTENSIONS: readonly Flag[] = [
  {
    member: 'clientids',
    options: [
      new Option(
        '--clientids <pattern>',
        'a pattern of client ids, such as %u-*, instead of one; may be repeated',
      ).argParser(collect((text) => text)),
    ],
    negated: null,
  },
  {
    member: 'attributes',
    options: [
      new Option('--attributes <name=value>', 'a value for %{name} in topics; may be repeated').argParser(
        collect(parseAttribute),
      ),
    ],
    negated: null,
  },
];

const superuser: Flag = {
  member: 'superuser',
  options: [new Option('--superuser', 'it is allowed everything')],
  negated: false,
};

const roles = references('roles', 'rolename', 'a role that it has');
const groups = references('groups', 'groupname', 'a group that it is in');

/** The commands about clients. */
export const CLIENTS: readonly DynsecCommand[] = [
  {
    name: 'createClient',
    summary: 'Create a client',
    parameters: [USERNAME],
    flags: [
      clientid,
      { member: 'i', options: [new Option('-i <clientid>', 'as -c').hideHelp()] },
      {
        member: 'password',
        options: [
          new Option('-p, --password <password>', 'its password (default: it is asked for)'),
          new Option('--no-password', 'no password: the client cannot log in'),
        ],
      },
      ...TEXTS,
      roles,
      groups,
      ...EXTENSIONS,
      superuser,
    ],
    asksPassword: 'optional',
    // mosquitto_ctrl 2.1 has -i where 2.0 has -c.
    toRequest: ({ i, ...members }) => withAttributes(i === undefined ? members : { ...members, clientid: i }),
  },
  { name: 'deleteClient', summary: 'Delete a client', parameters: [USERNAME] },
  {
    name: 'setClientPassword',
    summary: 'Set the password of a client',
    parameters: [
      USERNAME,
      { member: 'password', argument: new Argument('[password]', 'the new one (default: it is asked for)') },
    ],
    asksPassword: 'required',
  },
  {
    name: 'setClientId',
    summary: 'Bind a client to a client id, or to none',
    parameters: [
      USERNAME,
      { member: 'clientid', argument: new Argument('[clientid]', 'the one with which it may connect') },
    ],
  },
  {
    name: 'modifyClient',
    summary: 'Change what is known of a client; lists are replaced as a whole',
    parameters: [USERNAME],
    flags: [
      withOpposite(clientid, 'any client id'),
      ...TEXTS,
      withOpposite(roles, 'no roles'),
      withOpposite(groups, 'no groups'),
      ...EXTENSIONS.map((flag) => withOpposite(flag, `no ${flag.member}`)),
      withOpposite(superuser, 'no superuser any more'),
    ],
    needsFlag: true,
    toRequest: withAttributes,
  },
  {
    name: 'addClientRole',
    summary: 'Give a role to a client',
    parameters: [USERNAME, ROLENAME, PRIORITY],
  },
  {
    name: 'removeClientRole',
    summary: 'Take a role from a client',
    parameters: [USERNAME, ROLENAME],
  },
  {
    name: 'getClient',
    summary: 'Show a client',
    parameters: [USERNAME],
    render: (data) => renderClient(z.object({ client }).parse(data).client),
  },
  {
    name: 'listClients',
    summary: 'List the clients',
    parameters: PAGE,
    flags: [VERBOSE],
    render: (data) =>
      renderList(
        z.object({ clients: z.array(z.union([z.string(), client])) }).parse(data).clients,
        renderClient,
      ),
  },
  { name: 'enableClient', summary: 'Let a client log in again', parameters: [USERNAME] },
  { name: 'disableClient', summary: 'Let a client do nothing any more', parameters: [USERNAME] },
];

/** Pairs of names and values become an object; a name that comes twice has its last value. */
function withAttributes({ attributes, ...members }: Members): Members {
  if (!Array.isArray(attributes)) return attributes === undefined ? members : { ...members, attributes };
  return { ...members, attributes: Object.fromEntries(attributes as readonly (readonly [string, string])[]) };
}

function renderClient(shown: z.infer<typeof client>): string {
  const { clientids, disabled, superuser, attributes } = shown;
  return columns([
    ['Username:', [shown.username]],
    clientids ? ['Clientids:', clientids] : ['Clientid:', [shown.clientid ?? '']],
    ...textRows(shown),
    ['Disabled:', disabled === undefined ? [] : [String(disabled)]],
    ['Superuser:', superuser === undefined ? [] : [String(superuser)]],
    ['Attributes:', Object.entries(attributes ?? {}).map(([name, value]) => `${name}=${value}`)],
    ['Roles:', shown.roles.map((role) => withPriority(role.rolename, role.priority))],
    ['Groups:', shown.groups.map((group) => withPriority(group.groupname, group.priority))],
  ]);
}
