import type { Client, DefaultAclAccess, Group, Incarnation, Role } from '../entities.js';

/** The settings of a realm. */
export interface Settings {
  readonly defaultACLAccess: DefaultAclAccess;
  /** A group that is there; it cannot be deleted while it is this. */
  readonly anonymousGroup?: string;
}

/** What there are lists of. */
export type EntityKind = 'clients' | 'groups' | 'roles';

/** A part of a list, in byte order of the names. */
export interface Page {
  /** How many there are in all. */
  readonly totalCount: number;
  readonly names: readonly string[];
}

/**
 * Whom a change touches, in symbols: resolved by the store when it commits, against the state before the commit,
 * so that deleting a group of a million clients does not list them.
 */
export type Kick =
  | { readonly kind: 'user'; readonly username: string }
  | { readonly kind: 'anonymous' }
  /** All members of a group, of this incarnation. */
  | { readonly kind: 'members'; readonly groupname: string; readonly incarnation: Incarnation }
  /** All clients that hold a role directly, all members of groups that do, and the anonymous if theirs does. */
  | { readonly kind: 'holders'; readonly rolename: string; readonly incarnation: Incarnation };

/**
 * A unit of work: commands read a realm through it and leave their writes in it; reads see the writes before them.
 * A store commits it whole or not at all. It comes in one synchronous piece: a store that has to fetch something
 * throws a signal of its own out of a read, fetches, and runs the commands again on a new draft.
 *
 * Entities that are read hold no void references.
 */
export interface Draft {
  /** Whether there is one; cheaper than reading it, and not in conflict with a change of its value. */
  hasClient(username: string): boolean;
  /** What a reference to the group carries; undefined where there is none. As cheap as asking whether there is. */
  groupIncarnation(groupname: string): Incarnation | undefined;
  /** What a reference to the role carries; undefined where there is none. As cheap as asking whether there is. */
  roleIncarnation(rolename: string): Incarnation | undefined;

  client(username: string): Client | undefined;
  group(groupname: string): Group | undefined;
  role(rolename: string): Role | undefined;
  settings(): Settings;
  /** How many modifying commands have succeeded, those of this draft included. */
  changeIndex(): number;

  /** @param count undefined: all that are left. */
  page(kind: EntityKind, offset: number, count: number | undefined): Page;
  /** The user names of a group's members, in byte order. */
  members(groupname: string): readonly string[];

  /** Creates or replaces. */
  putClient(client: Client): void;
  putGroup(group: Group): void;
  putRole(role: Role): void;
  putSettings(settings: Settings): void;

  /** References to what is deleted become void by themselves. */
  deleteClient(username: string): void;
  deleteGroup(groupname: string): void;
  deleteRole(rolename: string): void;

  /** Counts a modifying command that has succeeded. Drafts that do no more than this are not in each other's way. */
  countChange(): void;
  /** Notes whom the change touches. */
  kick(kick: Kick): void;
}
