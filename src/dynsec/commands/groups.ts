import type { Group } from '../entities.js';
import type { ChangeCommand, ReadCommand } from './command.js';
import { refuse } from './command-refusal.js';
import type { Draft } from './draft.js';
import { groupReply } from './entity-replies.js';
import { findGroup } from './find-entities.js';
import { readNewMembers, replaceMembers } from './group-members.js';
import { listed, readPage } from './paging.js';
import { readClampedPriority, readRoles, withoutRole, withRole } from './references.js';
import { readChangedTexts, readTexts } from './texts.js';

/** PARITY: malformed `roles` are an `Internal error` here alone (2.0.11 and 2.1.2). */
export const createGroup: ChangeCommand = (draft, members, context) => {
  const groupname = members.newName('groupname');
  const texts = readTexts(members);
  if (draft.groupIncarnation(groupname) !== undefined) refuse('Group already exists');
  const roles = readRoles(draft, members, 'Internal error') ?? [];
  draft.putGroup({ groupname, incarnation: context.mint(), ...texts, roles });
};

export const deleteGroup: ChangeCommand = (draft, members) => {
  const groupname = members.name('groupname');
  if (draft.settings().anonymousGroup === groupname) refuse('Deleting the anonymous group is forbidden');
  const incarnation = draft.groupIncarnation(groupname) ?? refuse('Group not found');
  draft.kick({ kind: 'members', groupname, incarnation });
  draft.deleteGroup(groupname);
};

export const modifyGroup: ChangeCommand = (draft, members) => {
  const group = findGroup(draft, members.name('groupname'));
  const roles = readRoles(draft, members) ?? group.roles;
  const newMembers = readNewMembers(draft, members);
  kickMembers(draft, group);
  draft.putGroup({ ...group, ...readChangedTexts(members), roles });
  if (newMembers) replaceMembers(draft, group, newMembers);
};

export const getGroup: ReadCommand = (draft, members) => ({
  group: groupReply(draft, findGroup(draft, members.name('groupname'))),
});

export const listGroups: ReadCommand = (draft, members) => {
  const page = readPage(draft, members, 'groups');
  const find = (groupname: string): Group | undefined => draft.group(groupname);
  return {
    totalCount: page.totalCount,
    groups: listed(members, page, find).map((group) =>
      typeof group === 'string' ? group : groupReply(draft, group),
    ),
  };
};

export const addGroupRole: ChangeCommand = (draft, members) => {
  const groupname = members.name('groupname');
  const rolename = members.name('rolename');
  const group = findGroup(draft, groupname);
  const incarnation = draft.roleIncarnation(rolename) ?? refuse('Role not found');
  if (group.roles.some((role) => role.rolename === rolename)) refuse('Group is already in this role');
  const role = { rolename, incarnation, priority: readClampedPriority(members) };
  kickMembers(draft, group);
  draft.putGroup({ ...group, roles: withRole(group.roles, role) });
};

/** Idempotent, but kicks each time. */
export const removeGroupRole: ChangeCommand = (draft, members) => {
  const groupname = members.name('groupname');
  const rolename = members.name('rolename');
  const group = findGroup(draft, groupname);
  if (draft.roleIncarnation(rolename) === undefined) refuse('Role not found');
  kickMembers(draft, group);
  draft.putGroup({ ...group, roles: withoutRole(group.roles, rolename) });
};

/** The anonymous are members of their group. */
function kickMembers(draft: Draft, { groupname, incarnation }: Group): void {
  draft.kick({ kind: 'members', groupname, incarnation });
  if (draft.settings().anonymousGroup === groupname) draft.kick({ kind: 'anonymous' });
}
