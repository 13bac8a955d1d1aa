import { compareNames } from '../../dynsec/compare.js';
import type { Incarnations } from '../../dynsec/commands/void-references.js';
import { groupWithoutVoidReferences, withoutVoidReferences } from '../../dynsec/commands/void-references.js';
import { withoutUndefined } from '../../dynsec/commands/without-undefined.js';
import type { Configuration, Incarnation } from '../../dynsec/entities.js';
import { incarnationsOf } from '../memory/realm-state.js';
import type { Changes } from '../memory/versioned-map.js';
import type { JournalHeader, JournalLine } from './journal-format.js';

/** Which incarnations there were when a journal had come to some of its lines. */
export function incarnationsAfter(header: JournalHeader, lines: readonly JournalLine[]): Incarnations {
  const groups = new Map<string, Incarnation | undefined>(header.incarnations.groups);
  const roles = new Map<string, Incarnation | undefined>(header.incarnations.roles);
  for (const { writes } of lines) {
    for (const [name, group] of writes?.groups ?? []) groups.set(name, group?.incarnation);
    for (const [name, role] of writes?.roles ?? []) roles.set(name, role?.incarnation);
  }
  return {
    groupIncarnation: (groupname) => groups.get(groupname),
    roleIncarnation: (rolename) => roles.get(rolename),
  };
}

/**
 * Does again what lines say, in their order. Nothing else has to be known of the configuration: it may be one in which
 * some of it, all of it, or something else has been done.
 */
export function replay(configuration: Configuration, lines: readonly JournalLine[]): Configuration {
  if (lines.every(({ writes }) => !writes)) return configuration;
  const clients = new Replayed(configuration.clients);
  const groups = new Replayed(configuration.groups);
  const roles = new Replayed(configuration.roles);
  let { changeIndex } = configuration;
  let settings: Pick<Configuration, 'defaultACLAccess' | 'anonymousGroup' | 'extra'> = configuration;
  for (const { writes, changeIndex: after } of lines) {
    if (!writes) continue;
    clients.write(writes.clients);
    groups.write(writes.groups);
    roles.write(writes.roles);
    settings = writes.settings ?? settings;
    changeIndex = after ?? changeIndex;
  }
  const { defaultACLAccess, anonymousGroup, extra } = settings;
  return withoutVoid(
    withoutUndefined<Configuration>({
      changeIndex,
      defaultACLAccess,
      clients: clients.inOrder(),
      groups: groups.inOrder(),
      roles: roles.inOrder(),
      anonymousGroup,
      extra,
    }),
  );
}

/** References to what an edit or a later line has taken away refer to nothing. */
function withoutVoid(configuration: Configuration): Configuration {
  const { groups, clients, anonymousGroup } = configuration;
  const incarnations = incarnationsOf(configuration);
  return withoutUndefined<Configuration>({
    ...configuration,
    groups: mapped(groups, (group) => groupWithoutVoidReferences(group, incarnations)),
    clients: mapped(clients, (client) => withoutVoidReferences(client, incarnations)),
    anonymousGroup: anonymousGroup !== undefined && groups.has(anonymousGroup) ? anonymousGroup : undefined,
  });
}

/** Entities by name, on which writes are done again. */
class Replayed<T> {
  readonly #entities: Map<string, T>;
  #hasNewNames = false;

  constructor(entities: ReadonlyMap<string, T>) {
    this.#entities = new Map(entities);
  }

  write(changes: Changes<T>): void {
    for (const [name, entity] of changes) {
      if (entity === undefined) {
        this.#entities.delete(name);
        continue;
      }
      this.#hasNewNames ||= !this.#entities.has(name);
      this.#entities.set(name, entity);
    }
  }

  /** In byte order of the names. */
  inOrder(): ReadonlyMap<string, T> {
    if (!this.#hasNewNames) return this.#entities;
    return new Map([...this.#entities].sort(([a], [b]) => compareNames(a, b)));
  }
}

function mapped<T>(entities: ReadonlyMap<string, T>, change: (entity: T) => T): ReadonlyMap<string, T> {
  return new Map([...entities].map(([name, entity]) => [name, change(entity)]));
}
