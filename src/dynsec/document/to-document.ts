import { compareNames } from '../compare.js';
import type {
  Client,
  Configuration,
  Extra,
  Group,
  GroupReference,
  Role,
  RoleReference,
  StoredPassword,
} from '../entities.js';

/** A JSON value that is about to be written; members in the order in which Mosquitto 2.1 writes them. */
export type DocumentObject = Readonly<Record<string, unknown>>;

/** A configuration as a dynamic-security.json: `parseConfiguration` makes the same of it again. */
export function toDocument(configuration: Configuration): DocumentObject {
  const members = membersByGroup(configuration.clients.values());
  return {
    changeIndex: configuration.changeIndex,
    defaultACLAccess: configuration.defaultACLAccess,
    clients: [...configuration.clients.values()].map(clientToDocument),
    groups: [...configuration.groups.values()].map((group) =>
      groupToDocument(group, members.get(group.groupname)),
    ),
    ...(configuration.anonymousGroup === undefined ? {} : { anonymousGroup: configuration.anonymousGroup }),
    roles: [...configuration.roles.values()].map(roleToDocument),
    ...extraToDocument(configuration),
  };
}

/** A client as a document lists it: without its groups, which list their members. */
export function clientToDocument(client: Client): DocumentObject {
  return {
    username: client.username,
    ...present('clientid', client.clientid),
    ...present('clientids', client.clientids),
    ...textsToDocument(client),
    ...(client.disabled ? { disabled: true } : {}),
    ...(client.superuser ? { superuser: true } : {}),
    ...(client.attributes ? { attributes: Object.fromEntries(client.attributes) } : {}),
    roles: client.roles.map(roleReferenceToDocument),
    ...(client.password ? passwordToDocument(client.password) : {}),
    ...extraToDocument(client),
  };
}

/** A group as a document lists it, with its members in byte order of their names. */
export function groupToDocument(group: Group, members: readonly GroupMember[] = []): DocumentObject {
  return {
    groupname: group.groupname,
    ...textsToDocument(group),
    roles: group.roles.map(roleReferenceToDocument),
    clients: members,
    ...extraToDocument(group),
  };
}

/** A role as a document lists it. */
export function roleToDocument(role: Role): DocumentObject {
  return {
    rolename: role.rolename,
    ...textsToDocument(role),
    allowwildcardsubs: role.allowwildcardsubs,
    acls: role.acls.map(({ acltype, topic, priority, allow }) => ({ acltype, topic, priority, allow })),
    ...extraToDocument(role),
  };
}

/** A member of a group, as the group lists it. */
export interface GroupMember {
  readonly username: string;
  readonly priority?: number;
}

/** In byte order of their names, as dynsec lists the clients of a group. */
function membersByGroup(clients: Iterable<Client>): ReadonlyMap<string, readonly GroupMember[]> {
  const members = new Map<string, GroupMember[]>();
  for (const client of clients) listInGroups(client, members);
  for (const list of members.values()) list.sort((a, b) => compareNames(a.username, b.username));
  return members;
}

/** Adds a client to the lists of its groups. */
export function listInGroups({ username, groups }: Client, members: Map<string, GroupMember[]>): void {
  for (const reference of groups) {
    const member = { username, ...priorityToDocument(reference) };
    const list = members.get(reference.groupname);
    if (list) list.push(member);
    else members.set(reference.groupname, [member]);
  }
}

/** How a reference to a role is written, in documents and in replies. */
export function roleReferenceToDocument(reference: RoleReference): DocumentObject {
  return { rolename: reference.rolename, ...priorityToDocument(reference) };
}

/** PARITY: the default priority of a reference, -1, is left out (2.0.11 and 2.1.2). */
export function priorityToDocument({ priority }: RoleReference | GroupReference): {
  readonly priority?: number;
} {
  return priority === -1 ? {} : { priority };
}

/** The two texts for people, where they are there. */
export function textsToDocument({ textname, textdescription }: Client | Group | Role): DocumentObject {
  return { ...present('textname', textname), ...present('textdescription', textdescription) };
}

/** Goes out in the form in which it came, so that who wrote it can read it. */
function passwordToDocument(stored: StoredPassword): DocumentObject {
  if ('encoded' in stored) return { encoded_password: stored.encoded };
  const { password, salt, iterations } = stored;
  return { password, salt, iterations };
}

function present(name: string, value: unknown): DocumentObject {
  return value === undefined ? {} : { [name]: value };
}

/** What was not known when it came in goes out behind the rest. */
export function extraToDocument({ extra }: { readonly extra?: Extra }): DocumentObject {
  return extra ? Object.fromEntries(extra) : {};
}
