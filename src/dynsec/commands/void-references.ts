import type { Client, Group, GroupReference, Incarnation, RoleReference } from '../entities.js';

/** Which incarnations of groups and roles there are. */
export interface Incarnations {
  groupIncarnation(groupname: string): Incarnation | undefined;
  roleIncarnation(rolename: string): Incarnation | undefined;
}

/** The client with those references alone that refer to something; itself where that is all of them. */
export function withoutVoidReferences<T extends Pick<Client, 'roles' | 'groups'>>(
  client: T,
  incarnations: Incarnations,
): T {
  const roles = withoutVoidRoles(client.roles, incarnations);
  const groups = withoutVoidGroups(client.groups, incarnations);
  return roles === client.roles && groups === client.groups ? client : { ...client, roles, groups };
}

/** The group with those references alone that refer to something; itself where that is all of them. */
export function groupWithoutVoidReferences(group: Group, incarnations: Incarnations): Group {
  const roles = withoutVoidRoles(group.roles, incarnations);
  return roles === group.roles ? group : { ...group, roles };
}

function withoutVoidRoles(
  roles: readonly RoleReference[],
  incarnations: Incarnations,
): readonly RoleReference[] {
  const isLive = ({ rolename, incarnation }: RoleReference): boolean =>
    incarnations.roleIncarnation(rolename) === incarnation;
  return roles.every(isLive) ? roles : roles.filter(isLive);
}

function withoutVoidGroups(
  groups: readonly GroupReference[],
  incarnations: Incarnations,
): readonly GroupReference[] {
  const isLive = ({ groupname, incarnation }: GroupReference): boolean =>
    incarnations.groupIncarnation(groupname) === incarnation;
  return groups.every(isLive) ? groups : groups.filter(isLive);
}
