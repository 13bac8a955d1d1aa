import { compareGroupReferences, compareRoleReferences } from '../compare.js';
import { isJsonObject } from '../document/members.js';
import { clampPriority } from '../document/priority.js';
import type { GroupReference, RoleReference } from '../entities.js';
import { CommandMembers } from './command-members.js';
import { refuse } from './command-refusal.js';
import type { Draft } from './draft.js';

/** What a reference to a role or a group has as its priority when the command names none. */
const DEFAULT_PRIORITY = -1;

/** A priority within both bounds. */
export function readClampedPriority(members: CommandMembers): number {
  return clampPriority(members.integer('priority', DEFAULT_PRIORITY));
}

/** PARITY: many commands keep to the upper bound alone; the lower one comes when the document is loaded (2.1.2). */
export function readPriority(members: CommandMembers): number {
  const priority = members.integer('priority', DEFAULT_PRIORITY);
  return priority < 0 ? priority : clampPriority(priority);
}

/**
 * The `roles` of a command, in their order; undefined where it has none. Of a repeated one the first counts.
 * @param malformed the error where they are no list of objects with a rolename.
 * @throws CommandRefusal
 */
export function readRoles(
  draft: Draft,
  members: CommandMembers,
  malformed = "'roles' not an array or missing/invalid rolename",
): readonly RoleReference[] | undefined {
  const value = members.get('roles');
  if (value === undefined) return undefined;
  const elements: readonly unknown[] = Array.isArray(value) ? value : refuse(malformed);
  const references = new Map<string, RoleReference>();
  for (const element of elements) {
    const role = isJsonObject(element) ? new CommandMembers(element) : refuse(malformed);
    const rolename = role.lenientString('rolename') ?? refuse(malformed);
    const incarnation = draft.roleIncarnation(rolename) ?? refuse('Role not found');
    if (!references.has(rolename)) {
      references.set(rolename, { rolename, incarnation, priority: readPriority(role) });
    }
  }
  return [...references.values()].sort(compareRoleReferences);
}

/**
 * The `groups` of a client to be, in their order.
 * PARITY: what is no list, and what in it has no groupname, is passed over (2.1.2).
 * @throws CommandRefusal
 */
export function readNewGroups(draft: Draft, members: CommandMembers): readonly GroupReference[] {
  const references = new Map<string, GroupReference>();
  for (const group of members.objects('groups') ?? []) {
    const groupname = group.lenientString('groupname');
    if (groupname === undefined) continue;
    const incarnation = draft.groupIncarnation(groupname) ?? refuse('Group not found');
    if (references.has(groupname)) refuse('Internal error');
    references.set(groupname, { groupname, incarnation, priority: readPriority(group) });
  }
  return [...references.values()].sort(compareGroupReferences);
}

/**
 * The `groups` that take the place of a client's, in their order; undefined where it keeps what it has.
 * @throws CommandRefusal
 */
export function readGroups(draft: Draft, members: CommandMembers): readonly GroupReference[] | undefined {
  const references = new Map<string, GroupReference>();
  const groups = members.objects('groups');
  for (const group of groups ?? []) {
    const groupname =
      group.lenientString('groupname') ?? refuse("'groups' contains an object with an invalid 'groupname'");
    const incarnation =
      draft.groupIncarnation(groupname) ??
      refuse("'groups' contains an object with a 'groupname' that does not exist");
    if (!references.has(groupname)) {
      references.set(groupname, { groupname, incarnation, priority: readPriority(group) });
    }
  }
  return groups && [...references.values()].sort(compareGroupReferences);
}

/** Adds a role to a list that does not have it. */
export function withRole(
  roles: readonly RoleReference[],
  reference: RoleReference,
): readonly RoleReference[] {
  return [...roles, reference].sort(compareRoleReferences);
}

/** Takes a role off a list, if it is there. */
export function withoutRole(roles: readonly RoleReference[], rolename: string): readonly RoleReference[] {
  return roles.filter((role) => role.rolename !== rolename);
}

/** Puts a group onto a list, in the place of a reference to it that is there. */
export function withGroup(
  groups: readonly GroupReference[],
  reference: GroupReference,
): readonly GroupReference[] {
  return [...withoutGroup(groups, reference.groupname), reference].sort(compareGroupReferences);
}

/** Takes a group off a list, if it is there. */
export function withoutGroup(
  groups: readonly GroupReference[],
  groupname: string,
): readonly GroupReference[] {
  return groups.filter((group) => group.groupname !== groupname);
}
