import { compareNames } from '../compare.js';
import type { Client, Configuration, DefaultAclAccess, Group, GroupReference } from '../entities.js';
import { LOADED } from '../entities.js';
import type { Finding } from './finding.js';
import { isJsonObject, Members } from './members.js';
import type { ClientWithoutGroups } from './parse-client.js';
import { parseClient } from './parse-client.js';
import { Interner, parseReferencePriority, parseRoleReferences } from './parse-references.js';
import { parseRole } from './parse-role.js';
import { parseTexts } from './texts.js';

/** What became of a document. The configuration is there unless a finding is an error. */
export interface ParsedConfiguration {
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

const LISTS = ['clients', 'groups', 'roles'];
const KNOWN = new Set([...LISTS, 'changeindex', 'defaultaclaccess', 'anonymousgroup']);
const KNOWN_OF_GROUP = new Set(['groupname', 'textname', 'textdescription', 'roles', 'clients']);

/**
 * Reads a dynamic-security.json, of Mosquitto 2.0 or 2.1, that has been parsed as JSON. Total.
 * PARITY: what Mosquitto 2.1.2 makes of a file, entry by entry; what it passes over in silence is a warning.
 */
export function parseConfiguration(document: unknown): ParsedConfiguration {
  const findings: Finding[] = [];
  if (!isJsonObject(document)) {
    findings.push({ severity: 'error', pointer: '', message: 'must be an object' });
    return { configuration: undefined, findings };
  }
  const members = new Members(document, '', findings);
  // A tool that writes `{}` would otherwise lock a fleet out.
  if (LISTS.every((name) => members.get(name) === undefined)) {
    findings.push({ severity: 'error', pointer: '', message: `holds none of ${LISTS.join(', ')}` });
  }
  const configuration = readConfiguration(members);
  const hasErrors = findings.some(({ severity }) => severity === 'error');
  return { configuration: hasErrors ? undefined : configuration, findings };
}

function readConfiguration(members: Members): Configuration {
  const intern = new Interner();
  const roles = readNamed(members, 'roles', 'rolename', parseRole);
  const clients = readNamed(members, 'clients', 'username', (client, name) =>
    parseClient(client, name, roles, intern),
  );
  const memberships = new Memberships(clients);
  const groups = readNamed(members, 'groups', 'groupname', (group, groupname): Group => {
    memberships.read(group, groupname);
    return {
      groupname,
      incarnation: LOADED,
      ...parseTexts(group),
      roles: parseRoleReferences(group, roles, intern),
      ...group.extra(KNOWN_OF_GROUP),
    };
  });
  const anonymousGroup = readAnonymousGroup(members, groups);
  return {
    changeIndex: Math.min(
      Number.MAX_SAFE_INTEGER,
      Math.max(0, Math.trunc(members.number('changeIndex') ?? 0)),
    ),
    defaultACLAccess: readDefaultAccess(members),
    clients: memberships.complete(intern),
    groups,
    roles,
    ...(anonymousGroup === undefined ? {} : { anonymousGroup }),
    ...members.extra(KNOWN),
  };
}

/** Reads a list of entities into a map in byte order of their names; of several of one name the first one counts. */
function readNamed<T>(
  document: Members,
  list: string,
  nameMember: string,
  parse: (members: Members, name: string) => T,
): ReadonlyMap<string, T> {
  const entities = new Map<string, T>();
  for (const members of document.objects(list, { severity: 'error' })) {
    const name = members.string(nameMember);
    if (!name) members.reportSelf(`has no ${nameMember}; passed over`);
    else if (entities.has(name)) {
      members.report(nameMember, 'is there more than once; the first one counts', { severity: 'warning' });
    } else entities.set(name, parse(members, name));
  }
  return sortByName(entities);
}

/** Files that Mosquitto wrote are in order already. */
function sortByName<T>(entities: Map<string, T>): ReadonlyMap<string, T> {
  const entries = [...entities];
  const isSorted = entries.every(([name], i) => i === 0 || compareNames(entries[i - 1]?.[0] ?? '', name) < 0);
  return isSorted ? entities : new Map(entries.sort(([a], [b]) => compareNames(a, b)));
}

/** A file lists the clients of a group; the model lists the groups of a client. */
class Memberships {
  readonly #groups = new Map<string, GroupReference[]>();

  constructor(private readonly clients: ReadonlyMap<string, ClientWithoutGroups>) {}

  read(group: Members, groupname: string): void {
    const seen = new Set<string>();
    for (const members of group.objects('clients')) {
      const username = members.string('username');
      if (username === undefined) members.reportSelf('has no username; passed over');
      else if (!this.clients.has(username)) {
        members.report('username', 'there is no such client; passed over', { severity: 'warning' });
      } else if (seen.has(username)) {
        members.report('username', 'is repeated; the first one counts', { severity: 'warning' });
      } else {
        seen.add(username);
        this.#add(username, { groupname, incarnation: LOADED, priority: parseReferencePriority(members) });
      }
    }
  }

  complete(intern: Interner): ReadonlyMap<string, Client> {
    const clients = new Map<string, Client>();
    for (const [username, client] of this.clients) {
      clients.set(username, { ...client, groups: intern.groups(this.#groups.get(username) ?? []) });
    }
    return clients;
  }

  #add(username: string, reference: GroupReference): void {
    const references = this.#groups.get(username);
    if (references) references.push(reference);
    else this.#groups.set(username, [reference]);
  }
}

/** PARITY: what is not there is false (2.0.11 and 2.1.2). */
function readDefaultAccess(members: Members): DefaultAclAccess {
  const access = members.object('defaultACLAccess');
  return {
    publishClientSend: access?.boolean('publishClientSend') ?? false,
    publishClientReceive: access?.boolean('publishClientReceive') ?? false,
    subscribe: access?.boolean('subscribe') ?? false,
    unsubscribe: access?.boolean('unsubscribe') ?? false,
  };
}

function readAnonymousGroup(members: Members, groups: ReadonlyMap<string, Group>): string | undefined {
  const groupname = members.string('anonymousGroup');
  if (!groupname || groups.has(groupname)) return groupname || undefined;
  members.report('anonymousGroup', 'there is no such group; anonymous clients have none', {
    severity: 'warning',
  });
  return undefined;
}
