/**
 * Reads a parsed dynamic-security.json by the rules of dynsec 2.1's loader, as plainly as can be: the first of
 * two wins, what is not understood is skipped or takes its default, and nothing is reported.
 *
 * Not read here: documents with NUL in a name or a topic, and clients with both `clientid` and `clientids`.
 */
import {
  ACCESSES,
  ACL_TYPES,
  type Acl,
  type AclType,
  type DefaultAclAccess,
} from '../../src/dynsec/entities.js';

/** A role as the reference sees it; its ACLs stand in file order. */
export interface PlainRole {
  readonly rolename: string;
  readonly allowwildcardsubs: boolean;
  readonly acls: readonly Acl[];
}

/** That somebody holds something, with a priority; in file order. */
export interface PlainReference {
  readonly name: string;
  readonly priority: number;
}

/** A client as the reference sees it. */
export interface PlainClient {
  readonly username: string;
  readonly clientid: string | undefined;
  readonly clientids: readonly string[] | undefined;
  readonly disabled: boolean;
  readonly superuser: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  readonly roles: readonly PlainReference[];
}

/** A group as the reference sees it. */
export interface PlainGroup {
  readonly groupname: string;
  readonly roles: readonly PlainReference[];
  readonly clients: readonly PlainReference[];
}

/** What a dynamic-security.json says. */
export interface PlainDocument {
  readonly defaultACLAccess: DefaultAclAccess;
  readonly roles: readonly PlainRole[];
  readonly clients: readonly PlainClient[];
  readonly groups: readonly PlainGroup[];
  readonly anonymousGroup: string | undefined;
}

/** Reads the whole document. */
export function readDocument(config: unknown): PlainDocument {
  const roles = loadRoles(config);
  const clients = roles === undefined ? undefined : loadClients(config, roles);
  const groups = clients === undefined ? undefined : loadGroups(config, roles ?? [], clients);
  const anonymous = member(config, 'anonymousGroup');
  return {
    defaultACLAccess: loadDefaults(config),
    roles: roles ?? [],
    clients: clients ?? [],
    groups: groups ?? [],
    anonymousGroup: groups?.find((group) => group.groupname === anonymous)?.groupname,
  };
}

function loadDefaults(config: unknown): DefaultAclAccess {
  const given = member(config, 'defaultACLAccess');
  const entries = ACCESSES.map((access) => [access, member(given, access) === true] as const);
  return Object.fromEntries(entries) as DefaultAclAccess;
}

/** Undefined where loading stops: the member is there and is no array. A missing one is an empty list. */
function topLevelList(config: unknown, name: string): readonly unknown[] | undefined {
  const value = member(config, name);
  if (value === undefined) return [];
  return Array.isArray(value) ? value : undefined;
}

function loadRoles(config: unknown): PlainRole[] | undefined {
  const roles = topLevelList(config, 'roles')?.flatMap((entry) => {
    const rolename = text(entry, 'rolename');
    if (rolename === undefined) return [];
    const allowwildcardsubs = member(entry, 'allowwildcardsubs') !== false;
    return [{ rolename, allowwildcardsubs, acls: loadAcls(entry) }];
  });
  return roles && firstOfEach(roles, (role) => role.rolename);
}

function loadAcls(role: unknown): Acl[] {
  const acls = list(role, 'acls').flatMap((entry) => {
    const acltype = knownAclType(member(entry, 'acltype'));
    const topic = text(entry, 'topic');
    if (acltype === undefined || topic === undefined) return [];
    return [{ acltype, topic, priority: priorityOf(entry, 0), allow: member(entry, 'allow') === true }];
  });
  return firstOfEach(acls, (acl) => `${acl.acltype} ${acl.topic}`);
}

function knownAclType(value: unknown): AclType | undefined {
  if (typeof value !== 'string') return undefined;
  return ACL_TYPES.find((acltype) => asciiLowerCase(acltype) === asciiLowerCase(value));
}

function loadClients(config: unknown, roles: readonly PlainRole[]): PlainClient[] | undefined {
  const clients = topLevelList(config, 'clients')?.flatMap((entry) => {
    const username = text(entry, 'username');
    if (username === undefined) return [];
    return [
      {
        username,
        clientid: text(entry, 'clientid'),
        clientids: stringList(member(entry, 'clientids')),
        disabled: member(entry, 'disabled') === true,
        superuser: member(entry, 'superuser') === true,
        attributes: stringMap(member(entry, 'attributes')),
        roles: loadRoleReferences(entry, roles),
      },
    ];
  });
  return clients && firstOfEach(clients, (client) => client.username);
}

function loadGroups(
  config: unknown,
  roles: readonly PlainRole[],
  clients: readonly PlainClient[],
): PlainGroup[] | undefined {
  const usernames = clients.map((client) => client.username);
  const groups = topLevelList(config, 'groups')?.flatMap((entry) => {
    const groupname = text(entry, 'groupname');
    if (groupname === undefined) return [];
    const members = loadReferences(list(entry, 'clients'), 'username', usernames);
    return [{ groupname, roles: loadRoleReferences(entry, roles), clients: members }];
  });
  return groups && firstOfEach(groups, (group) => group.groupname);
}

function loadRoleReferences(holder: unknown, roles: readonly PlainRole[]): PlainReference[] {
  const rolenames = roles.map((role) => role.rolename);
  return loadReferences(list(holder, 'roles'), 'rolename', rolenames);
}

function loadReferences(
  entries: readonly unknown[],
  key: string,
  known: readonly string[],
): PlainReference[] {
  const references = entries.flatMap((entry) => {
    const name = text(entry, key);
    if (name === undefined || !known.includes(name)) return [];
    return [{ name, priority: priorityOf(entry, -1) }];
  });
  return firstOfEach(references, (reference) => reference.name);
}

/** A member by its name in any case (ASCII); of several the first. */
function member(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return undefined;
  return Object.entries(holder).find(([key]) => asciiLowerCase(key) === asciiLowerCase(name))?.[1];
}

/** A string that is not empty. */
function text(holder: unknown, name: string): string | undefined {
  const value = member(holder, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(holder: unknown, name: string): readonly unknown[] {
  const value = member(holder, name);
  return Array.isArray(value) ? value : [];
}

function stringList(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

function stringMap(value: unknown): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Fractions are cut off, and the rest is brought between -100000 and 100000. */
function priorityOf(holder: unknown, missing: number): number {
  const value = member(holder, 'priority');
  if (typeof value !== 'number') return missing;
  return Math.min(100_000, Math.max(-100_000, Math.trunc(value)));
}

function firstOfEach<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return items.filter((item, index) => items.findIndex((other) => key(other) === key(item)) === index);
}

function asciiLowerCase(value: string): string {
  return value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
