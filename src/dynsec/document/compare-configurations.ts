import type { Client, Configuration } from '../entities.js';
import { clientToDocument, groupToDocument, roleToDocument } from './to-document.js';

/** What becomes of the entities of one kind, by name. */
export interface EntityChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
}

/** What lies between two configurations. */
export interface ConfigurationChanges {
  readonly clients: EntityChanges;
  readonly groups: EntityChanges;
  readonly roles: EntityChanges;
  /** The default access or the anonymous group. */
  readonly settings: boolean;
  /** Clients of either whose checks may be answered otherwise: their own entry, or a group or role that they have. */
  readonly touched: readonly string[];
}

/** Compares two configurations by what they say; texts for people count, the number of changes does not. */
export function compareConfigurations(before: Configuration, after: Configuration): ConfigurationChanges {
  const old = writtenOf(before);
  const next = writtenOf(after);
  const groups = compareWritten(old.groups, next.groups);
  const roles = compareWritten(old.roles, next.roles);
  const clients = compareWritten(old.clients, next.clients);
  const settings = old.settings !== next.settings;
  const touched = touchedClients({ before, after, clients, groups: namesOf(groups), roles: namesOf(roles) });
  return { clients, groups, roles, settings, touched };
}

/** Entities as text, by name. */
type Written = ReadonlyMap<string, string>;

function writtenOf(configuration: Configuration): {
  readonly clients: Written;
  readonly groups: Written;
  readonly roles: Written;
  readonly settings: string;
} {
  const { defaultACLAccess, anonymousGroup, clients, groups, roles } = configuration;
  return {
    // A membership is the client's own: it does not change its group in here.
    clients: mapValues(clients, (client) =>
      JSON.stringify([
        clientToDocument(client),
        client.groups.map(({ groupname, priority }) => [groupname, priority]),
      ]),
    ),
    groups: mapValues(groups, (group) => JSON.stringify(groupToDocument(group))),
    roles: mapValues(roles, (role) => JSON.stringify(roleToDocument(role))),
    settings: JSON.stringify([defaultACLAccess, anonymousGroup]),
  };
}

function mapValues<T>(map: ReadonlyMap<string, T>, write: (value: T) => string): Written {
  return new Map([...map].map(([name, value]) => [name, write(value)]));
}

function compareWritten(before: Written, after: Written): EntityChanges {
  const names = [...after.keys()];
  return {
    created: names.filter((name) => !before.has(name)),
    changed: names.filter((name) => before.has(name) && before.get(name) !== after.get(name)),
    deleted: [...before.keys()].filter((name) => !after.has(name)),
  };
}

function namesOf({ created, changed, deleted }: EntityChanges): ReadonlySet<string> {
  return new Set([...created, ...changed, ...deleted]);
}

function touchedClients(parts: {
  readonly before: Configuration;
  readonly after: Configuration;
  readonly clients: EntityChanges;
  readonly groups: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}): readonly string[] {
  const { before, after, clients, groups, roles } = parts;
  const own = namesOf(clients);
  const isTouched = (client: Client, { groups: all }: Configuration): boolean =>
    own.has(client.username) ||
    client.roles.some(({ rolename }) => roles.has(rolename)) ||
    client.groups.some(
      ({ groupname }) =>
        groups.has(groupname) || all.get(groupname)?.roles.some(({ rolename }) => roles.has(rolename)),
    );
  const touched = new Set<string>();
  for (const configuration of [before, after]) {
    for (const client of configuration.clients.values()) {
      if (isTouched(client, configuration)) touched.add(client.username);
    }
  }
  return [...touched];
}
