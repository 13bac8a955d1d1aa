import { compareNames } from '../compare.js';
import type {
  Client,
  Configuration,
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
    groups: [...configuration.groups.values()].map((group) => groupToDocument(group, members)),
    ...(configuration.anonymousGroup === undefined ? {} : { anonymousGroup: configuration.anonymousGroup }),
    roles: [...configuration.roles.values()].map(roleToDocument),
  };
}

function clientToDocument(client: Client): DocumentObject {
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
  };
}

function groupToDocument(group: Group, members: ReadonlyMap<string, readonly Member[]>): DocumentObject {
  return {
    groupname: group.groupname,
    ...textsToDocument(group),
    roles: group.roles.map(roleReferenceToDocument),
    clients: members.get(group.groupname) ?? [],
  };
}

function roleToDocument(role: Role): DocumentObject {
  return {
    rolename: role.rolename,
    ...textsToDocument(role),
    allowwildcardsubs: role.allowwildcardsubs,
    acls: role.acls.map(({ acltype, topic, priority, allow }) => ({ acltype, topic, priority, allow })),
  };
}

/** A member of a group, as the group lists it. */
interface Member {
  readonly username: string;
  readonly priority?: number;
}

/** In byte order of their names, as dynsec lists the clients of a group. */
function membersByGroup(clients: Iterable<Client>): ReadonlyMap<string, readonly Member[]> {
  const members = new Map<string, Member[]>();
  for (const { username, groups } of clients) {
    for (const reference of groups) {
      const list = members.get(reference.groupname) ?? [];
      list.push({ username, ...priorityToDocument(reference) });
      members.set(reference.groupname, list);
    }
  }
  for (const list of members.values()) list.sort((a, b) => compareNames(a.username, b.username));
  return members;
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

function textsToDocument({ textname, textdescription }: Client | Group | Role): DocumentObject {
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
