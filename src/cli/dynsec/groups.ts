import { z } from 'zod';
import { columns, textRows, withPriority } from './columns.js';
import type { DynsecCommand } from './grammar.js';
import { renderList } from './lists.js';
import {
  GROUPNAME,
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

const group = z.object({
  groupname: z.string(),
  ...texts,
  roles: roleReferences,
  clients: z.array(z.object({ username: z.string() })),
});

const roles = references('roles', 'rolename', 'a role that it has');

/** The commands about groups. */
export const GROUPS: readonly DynsecCommand[] = [
  { name: 'createGroup', summary: 'Create a group', parameters: [GROUPNAME], flags: [...TEXTS, roles] },
  { name: 'deleteGroup', summary: 'Delete a group', parameters: [GROUPNAME] },
  {
    name: 'modifyGroup',
    summary: 'Change what is known of a group; lists are replaced as a whole',
    parameters: [GROUPNAME],
    flags: [
      ...TEXTS,
      withOpposite(roles, 'no roles'),
      withOpposite(references('clients', 'username', 'a client that is in it'), 'no clients'),
    ],
    needsFlag: true,
  },
  {
    name: 'addGroupRole',
    summary: 'Give a role to a group',
    parameters: [GROUPNAME, ROLENAME, PRIORITY],
  },
  { name: 'removeGroupRole', summary: 'Take a role from a group', parameters: [GROUPNAME, ROLENAME] },
  {
    name: 'addGroupClient',
    summary: 'Put a client into a group; the priority is that of the group for this client',
    parameters: [GROUPNAME, USERNAME, PRIORITY],
  },
  {
    name: 'removeGroupClient',
    summary: 'Take a client out of a group',
    parameters: [GROUPNAME, USERNAME],
  },
  {
    name: 'getGroup',
    summary: 'Show a group',
    parameters: [GROUPNAME],
    render: (data) => renderGroup(z.object({ group }).parse(data).group),
  },
  {
    name: 'listGroups',
    summary: 'List the groups',
    parameters: PAGE,
    flags: [VERBOSE],
    render: (data) => {
      const { groups } = z.object({ groups: z.array(z.union([z.string(), group])) }).parse(data);
      return renderList(groups, renderGroup);
    },
  },
];

function renderGroup(shown: z.infer<typeof group>): string {
  return columns([
    ['Groupname:', [shown.groupname]],
    ...textRows(shown),
    ['Roles:', shown.roles.map(({ rolename, priority }) => withPriority(rolename, priority))],
    ['Clients:', shown.clients.map(({ username }) => username)],
  ]);
}
