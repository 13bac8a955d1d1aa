import { z } from 'zod';
import { columns } from './columns.js';
import type { DynsecCommand } from './grammar.js';
import { ACCESS, ALLOW, GROUPNAME } from './parameters.js';

const details = z.object({
  clientCount: z.number(),
  groupCount: z.number(),
  roleCount: z.number(),
  changeIndex: z.number(),
});

const defaultAccess = z.object({
  acls: z.array(z.object({ acltype: z.string(), allow: z.boolean() })),
});

const anonymousGroup = z.object({ group: z.object({ groupname: z.string() }) });

/** The commands about the realm as a whole. */
export const GENERAL: readonly DynsecCommand[] = [
  {
    name: 'getDetails',
    summary: 'Count clients, groups, roles and changes',
    parameters: [],
    render: (data) => {
      const { clientCount, groupCount, roleCount, changeIndex } = details.parse(data);
      return columns([
        ['Clients:', [String(clientCount)]],
        ['Groups:', [String(groupCount)]],
        ['Roles:', [String(roleCount)]],
        ['Changes:', [String(changeIndex)]],
      ]);
    },
  },
  {
    name: 'getDefaultACLAccess',
    summary: 'Show what is done where no ACL decides',
    parameters: [],
    render: (data) => {
      const { acls } = defaultAccess.parse(data);
      const lines = acls.map(({ acltype, allow }) => `${acltype.padEnd(20)} : ${allow ? 'allow' : 'deny'}\n`);
      return lines.join('');
    },
  },
  {
    name: 'setDefaultACLAccess',
    summary: 'Set what is done where no ACL decides',
    parameters: [ACCESS, ALLOW],
    toRequest: (acl) => ({ acls: [acl] }),
  },
  {
    name: 'getAnonymousGroup',
    summary: 'Show the group of clients without a user name',
    parameters: [],
    render: (data) => `${anonymousGroup.parse(data).group.groupname}\n`,
  },
  {
    name: 'setAnonymousGroup',
    summary: 'Set the group of clients without a user name',
    parameters: [GROUPNAME],
  },
  {
    name: 'unsetAnonymousGroup',
    summary: 'Leave clients without a user name without a group',
    parameters: [],
  },
];
