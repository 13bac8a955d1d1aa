import type { Client, Group, Role } from '../entities.js';
import { refuse } from './command-refusal.js';
import type { Draft } from './draft.js';

/** @throws CommandRefusal where there is none. */
export function findClient(draft: Draft, username: string): Client {
  return draft.client(username) ?? refuse('Client not found');
}

/** @throws CommandRefusal where there is none. */
export function findGroup(draft: Draft, groupname: string): Group {
  return draft.group(groupname) ?? refuse('Group not found');
}

/** @throws CommandRefusal where there is none. */
export function findRole(draft: Draft, rolename: string): Role {
  return draft.role(rolename) ?? refuse('Role not found');
}
