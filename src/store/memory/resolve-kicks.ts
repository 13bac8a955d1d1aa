import { compareNames } from '../../dynsec/compare.js';
import type { Kick } from '../../dynsec/commands/draft.js';
import type { RealmState } from './realm-state.js';
import { SortedNames } from './sorted-names.js';

/** Whom to disconnect: a user name, or null for all who have none. */
export type Kicked = string | null;

/**
 * Whom kicks mean, by the state before the change: user names in byte order, each once, then null.
 * Who comes into a group or to a role by the same change is kicked by name.
 */
export function resolveKicks(state: RealmState, kicks: readonly Kick[]): readonly Kicked[] {
  const lists = kicks.flatMap((kick) => resolveKick(state, kick)).filter((names) => names.length > 0);
  const [first = [], ...others] = lists;
  // A group of everybody is in order as it is.
  if (others.length === 0) return first;
  const kicked = new Set(lists.flat());
  const isAnonymousKicked = kicked.delete(null);
  const usernames = [...kicked].filter((whom) => whom !== null).sort(compareNames);
  return isAnonymousKicked ? [...usernames, null] : usernames;
}

/** In lists that are each in order, and hold none twice. */
function resolveKick(state: RealmState, kick: Kick): readonly (readonly Kicked[])[] {
  switch (kick.kind) {
    case 'user':
      return [[kick.username]];
    case 'anonymous':
      return [[null]];
    case 'members':
      return state.groups.get(kick.groupname)?.incarnation === kick.incarnation
        ? [membersOf(state, kick.groupname)]
        : [];
    case 'holders':
      return state.roles.get(kick.rolename)?.incarnation === kick.incarnation
        ? holdersOf(state, kick.rolename)
        : [];
  }
}

function holdersOf(state: RealmState, rolename: string): readonly (readonly Kicked[])[] {
  const { anonymousGroup } = state.settings;
  const groups = allOf(state.index.groupsOfRole.get(rolename));
  const anonymous = groups.some((groupname) => groupname === anonymousGroup) ? [[null]] : [];
  const clients = allOf(state.index.clientsOfRole.get(rolename));
  return [clients, ...groups.map((groupname) => membersOf(state, groupname)), ...anonymous];
}

function membersOf(state: RealmState, groupname: string): readonly string[] {
  return allOf(state.index.members.get(groupname));
}

function allOf(names = SortedNames.EMPTY): readonly string[] {
  return names.slice(0, undefined);
}
