import type { Group } from '../entities.js';
import type { ChangeCommand } from './command.js';
import type { CommandMembers } from './command-members.js';
import { refuse } from './command-refusal.js';
import type { Draft } from './draft.js';
import { findClient } from './find-entities.js';
import { readClampedPriority, withGroup, withoutGroup } from './references.js';

/** PARITY: kicks the user also where it fails, once both names are names (2.0.11 and 2.1.2). */
export const addGroupClient: ChangeCommand = (draft, members) => {
  const { username, groupname } = readMembership(members);
  draft.kick({ kind: 'user', username });
  const client = findClient(draft, username);
  const incarnation = draft.groupIncarnation(groupname) ?? refuse('Group not found');
  if (client.groups.some((group) => group.groupname === groupname)) refuse('Client is already in this group');
  const reference = { groupname, incarnation, priority: readClampedPriority(members) };
  draft.putClient({ ...client, groups: withGroup(client.groups, reference) });
};

/** Idempotent. PARITY: kicks the user also where it fails, once both names are names (2.0.11 and 2.1.2). */
export const removeGroupClient: ChangeCommand = (draft, members) => {
  const { username, groupname } = readMembership(members);
  draft.kick({ kind: 'user', username });
  const client = findClient(draft, username);
  if (draft.groupIncarnation(groupname) === undefined) refuse('Group not found');
  draft.putClient({ ...client, groups: withoutGroup(client.groups, groupname) });
};

/** User names with the priority that a group is to have for each. */
export type NewMembers = ReadonlyMap<string, number>;

/**
 * The `clients` that take the place of a group's, or undefined where it keeps those that it has.
 * @throws CommandRefusal
 */
export function readNewMembers(draft: Draft, members: CommandMembers): NewMembers | undefined {
  const clients = members.objects('clients');
  const priorities = new Map<string, number>();
  for (const client of clients ?? []) {
    const username =
      client.lenientString('username') ?? refuse("'clients' contains an object with an invalid 'username'");
    if (!draft.hasClient(username)) {
      refuse("'clients' contains an object with a 'username' that does not exist");
    }
    if (!priorities.has(username)) priorities.set(username, readClampedPriority(client));
  }
  return clients && priorities;
}

/** Makes these the members of a group; kicks those who become members. Who was one before is the caller's to kick. */
export function replaceMembers(
  draft: Draft,
  { groupname, incarnation }: Pick<Group, 'groupname' | 'incarnation'>,
  members: NewMembers,
): void {
  const old = new Set(draft.members(groupname));
  for (const username of old) {
    if (members.has(username)) continue;
    const client = findClient(draft, username);
    draft.putClient({ ...client, groups: withoutGroup(client.groups, groupname) });
  }
  for (const [username, priority] of members) {
    const client = findClient(draft, username);
    if (client.groups.some((group) => group.groupname === groupname && group.priority === priority)) continue;
    if (!old.has(username)) draft.kick({ kind: 'user', username });
    const reference = { groupname, incarnation, priority };
    draft.putClient({ ...client, groups: withGroup(client.groups, reference) });
  }
}

function readMembership(members: CommandMembers): { readonly username: string; readonly groupname: string } {
  const username = members.name('username');
  return { username, groupname: members.name('groupname') };
}
