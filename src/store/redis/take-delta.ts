import type { Client, Group, Role } from '../../dynsec/entities.js';
import type { MemoryDraft } from '../memory/memory-draft.js';
import type { RealmDelta } from './changes-since.js';

/** Writes what has changed into a draft of the state that it has changed from. */
export function takeDelta(
  draft: MemoryDraft,
  { changeIndex, settings, roles, groups, clients }: RealmDelta,
): void {
  // Roles before those who hold them: a reference counts by the incarnation that is there.
  for (const [rolename, role] of roles) putRole(draft, rolename, role);
  for (const [groupname, group] of groups) putGroup(draft, groupname, group);
  for (const [username, client] of clients) putClient(draft, username, client);
  draft.takeOver(changeIndex, settings);
}

function putRole(draft: MemoryDraft, rolename: string, role: Role | undefined): void {
  if (role?.incarnation !== draft.roleIncarnation(rolename)) draft.deleteRole(rolename);
  if (role) draft.putRole(role);
}

function putGroup(draft: MemoryDraft, groupname: string, group: Group | undefined): void {
  if (group?.incarnation !== draft.groupIncarnation(groupname)) draft.deleteGroup(groupname);
  if (group) draft.putGroup(group);
}

function putClient(draft: MemoryDraft, username: string, client: Client | undefined): void {
  if (client) draft.putClient(client);
  else draft.deleteClient(username);
}
