import { z } from 'zod';
import { columns, textRows } from './columns.js';
import type { DynsecCommand } from './grammar.js';
import { renderList } from './lists.js';
import { ACL_TYPE, ALLOW, PAGE, PRIORITY, ROLENAME, TEXTS, TOPIC, VERBOSE, WILDCARDS } from './parameters.js';
import { texts } from './shapes.js';

const acl = z.object({
  acltype: z.string(),
  topic: z.string(),
  priority: z.number(),
  allow: z.boolean(),
});

const role = z.object({
  rolename: z.string(),
  ...texts,
  allowwildcardsubs: z.boolean(),
  acls: z.array(acl),
});

/** The commands about roles. */
export const ROLES: readonly DynsecCommand[] = [
  { name: 'createRole', summary: 'Create a role', parameters: [ROLENAME], flags: [...TEXTS, WILDCARDS] },
  { name: 'deleteRole', summary: 'Delete a role', parameters: [ROLENAME] },
  {
    name: 'modifyRole',
    summary: 'Change what is known of a role',
    parameters: [ROLENAME],
    flags: [...TEXTS, WILDCARDS],
    needsFlag: true,
  },
  {
    name: 'addRoleACL',
    summary: 'Add an ACL to a role',
    parameters: [ROLENAME, ACL_TYPE, TOPIC, ALLOW, PRIORITY],
  },
  {
    name: 'removeRoleACL',
    summary: 'Remove an ACL from a role',
    parameters: [ROLENAME, ACL_TYPE, TOPIC],
  },
  {
    name: 'getRole',
    summary: 'Show a role',
    parameters: [ROLENAME],
    render: (data) => renderRole(z.object({ role }).parse(data).role),
  },
  {
    name: 'listRoles',
    summary: 'List the roles',
    parameters: PAGE,
    flags: [VERBOSE],
    render: (data) => {
      const { roles } = z.object({ roles: z.array(z.union([z.string(), role])) }).parse(data);
      return renderList(roles, renderRole);
    },
  },
];

function renderRole(shown: z.infer<typeof role>): string {
  return columns([
    ['Rolename:', [shown.rolename]],
    ...textRows(shown),
    // All is as Mosquitto 2.0 knows it where wildcards are allowed.
    ['Allowwildcardsubs:', shown.allowwildcardsubs ? [] : ['false']],
    ['ACLs:', shown.acls.map(describeAcl)],
  ]);
}

function describeAcl({ acltype, topic, priority, allow }: z.infer<typeof acl>): string {
  return `${acltype.padEnd(20)} : ${allow ? 'allow' : 'deny '} : ${topic} (priority: ${priority})`;
}
