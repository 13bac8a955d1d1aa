import type { Role } from '../entities.js';
import { isAcl, readAcl, readAclKey, readAcls, withAcl } from './acls.js';
import type { ChangeCommand, ReadCommand } from './command.js';
import type { CommandMembers } from './command-members.js';
import { refuse } from './command-refusal.js';
import type { Draft } from './draft.js';
import { roleReply } from './entity-replies.js';
import { findRole } from './find-entities.js';
import { listed, readPage } from './paging.js';
import { readChangedTexts, readTexts } from './texts.js';

export const createRole: ChangeCommand = (draft, members, context) => {
  const rolename = members.newName('rolename');
  const texts = readTexts(members);
  const allowwildcardsubs = readWildcards(members);
  if (draft.roleIncarnation(rolename) !== undefined) refuse('Role already exists');
  const acls = readAcls(members) ?? [];
  draft.putRole({ rolename, incarnation: context.mint(), ...texts, allowwildcardsubs, acls });
};

export const deleteRole: ChangeCommand = (draft, members) => {
  const rolename = members.name('rolename');
  const incarnation = draft.roleIncarnation(rolename) ?? refuse('Role not found');
  draft.kick({ kind: 'holders', rolename, incarnation });
  draft.deleteRole(rolename);
};

/** `acls` take the place of all that the role has. Kicks where ACLs are given, and where wildcards really change. */
export const modifyRole: ChangeCommand = (draft, members) => {
  // PARITY: an error of its own words (2.0.11 and 2.1.2).
  const role = draft.role(members.name('rolename')) ?? refuse('Role does not exist');
  const allowwildcardsubs = members.boolean('allowwildcardsubs', role.allowwildcardsubs);
  const acls = readAcls(members);
  if (acls || allowwildcardsubs !== role.allowwildcardsubs) kickHolders(draft, role);
  draft.putRole({ ...role, ...readChangedTexts(members), allowwildcardsubs, acls: acls ?? role.acls });
};

export const getRole: ReadCommand = (draft, members) => ({
  role: roleReply(findRole(draft, members.name('rolename'))),
});

export const listRoles: ReadCommand = (draft, members) => {
  const page = readPage(draft, members, 'roles');
  const find = (rolename: string): Role | undefined => draft.role(rolename);
  return {
    totalCount: page.totalCount,
    roles: listed(members, page, find).map((role) => (typeof role === 'string' ? role : roleReply(role))),
  };
};

export const addRoleACL: ChangeCommand = (draft, members) => {
  const role = findRole(draft, members.name('rolename'));
  const key = readAclKey(members);
  if (role.acls.some((acl) => isAcl(acl, key))) refuse('ACL with this topic already exists');
  kickHolders(draft, role);
  draft.putRole({ ...role, acls: withAcl(role.acls, readAcl(members, key)) });
};

export const removeRoleACL: ChangeCommand = (draft, members) => {
  const role = findRole(draft, members.name('rolename'));
  const key = readAclKey(members);
  if (!role.acls.some((acl) => isAcl(acl, key))) refuse('ACL not found');
  kickHolders(draft, role);
  draft.putRole({ ...role, acls: role.acls.filter((acl) => !isAcl(acl, key)) });
};

/** PARITY: strict here, lenient in modifyRole (2.1.2). */
function readWildcards(members: CommandMembers): boolean {
  const value = members.get('allowwildcardsubs');
  if (value === undefined) return true;
  return typeof value === 'boolean' ? value : refuse('Invalid allowwildcardsubs');
}

function kickHolders(draft: Draft, { rolename, incarnation }: Role): void {
  draft.kick({ kind: 'holders', rolename, incarnation });
}
