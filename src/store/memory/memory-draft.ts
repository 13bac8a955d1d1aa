import type { Draft, EntityKind, Kick, Page, Settings } from '../../dynsec/commands/draft.js';
import type { Incarnations } from '../../dynsec/commands/void-references.js';
import { groupWithoutVoidReferences, withoutVoidReferences } from '../../dynsec/commands/void-references.js';
import type { Client, Extra, Group, Incarnation, Role } from '../../dynsec/entities.js';
import type { StoredSettings } from '../../dynsec/records/stored-settings.js';
import type { Holder } from './client-records.js';
import { IndexOverlay } from './index-overlay.js';
import { Overlay } from './overlay.js';
import type { EntityNames, RealmState } from './realm-state.js';
import type { Changes } from './versioned-map.js';

/** What a draft changes: undefined is a deleted entity, or settings that stay as they are. */
export interface DraftChanges {
  readonly clients: Changes<Client>;
  readonly groups: Changes<Group>;
  readonly roles: Changes<Role>;
  readonly settings: Settings | undefined;
  readonly changeIndex: number;
}

/** A draft over a realm in memory. Nothing in it touches the state that it was made of. */
export class MemoryDraft implements Draft, Incarnations {
  readonly #kicks: Kick[] = [];
  readonly #clients: Overlay<Client>;
  readonly #groups: Overlay<Group>;
  readonly #roles: Overlay<Role>;
  readonly #members: IndexOverlay;
  readonly #clientsOfRole: IndexOverlay;
  readonly #groupsOfRole: IndexOverlay;
  #names: EntityNames;
  #settings: Settings | undefined;
  #changeIndex: number;
  #extra: Extra | undefined;

  /** @param base the state that it is to change. */
  constructor(readonly base: RealmState) {
    this.#clients = new Overlay(base.clients);
    this.#groups = new Overlay(base.groups);
    this.#roles = new Overlay(base.roles);
    this.#members = new IndexOverlay(base.index.members);
    this.#clientsOfRole = new IndexOverlay(base.index.clientsOfRole);
    this.#groupsOfRole = new IndexOverlay(base.index.groupsOfRole);
    this.#names = base.names;
    this.#changeIndex = base.changeIndex;
    this.#extra = base.extra;
  }

  /** Whom the commands touch, in symbols. */
  get kicks(): readonly Kick[] {
    return this.#kicks;
  }

  /** What has changed, for who writes it down. */
  get changes(): DraftChanges {
    return {
      clients: this.#clients.changes,
      groups: this.#groups.changes,
      roles: this.#roles.changes,
      settings: this.#settings,
      changeIndex: this.#changeIndex,
    };
  }

  /** Whether there is anything to write down. Kicks alone are not: a command that is refused may leave some. */
  get hasChanges(): boolean {
    const { clients, groups, roles, settings, changeIndex } = this.changes;
    const touched = clients.size + groups.size + roles.size;
    return touched > 0 || settings !== undefined || changeIndex !== this.base.changeIndex;
  }

  hasClient(username: string): boolean {
    return this.#clients.has(username);
  }

  groupIncarnation(groupname: string): Incarnation | undefined {
    return this.#groups.get(groupname)?.incarnation;
  }

  roleIncarnation(rolename: string): Incarnation | undefined {
    return this.#roles.get(rolename)?.incarnation;
  }

  client(username: string): Client | undefined {
    const client = this.#clients.get(username);
    return client && withoutVoidReferences(client, this);
  }

  group(groupname: string): Group | undefined {
    const group = this.#groups.get(groupname);
    return group && groupWithoutVoidReferences(group, this);
  }

  role(rolename: string): Role | undefined {
    return this.#roles.get(rolename);
  }

  settings(): Settings {
    return this.#settings ?? this.base.settings;
  }

  changeIndex(): number {
    return this.#changeIndex;
  }

  page(kind: EntityKind, offset: number, count: number | undefined): Page {
    const names = this.#names[kind];
    return { totalCount: names.size, names: names.slice(offset, count) };
  }

  members(groupname: string): readonly string[] {
    return this.#members.namesOf(groupname).slice(0, undefined);
  }

  putClient(client: Client): void {
    const { username } = client;
    this.#reindex(username, this.holder(username), withoutVoidReferences(client, this));
    this.#names = { ...this.#names, clients: this.#names.clients.with(username) };
    this.#clients.set(username, client);
  }

  putGroup(group: Group): void {
    const { groupname } = group;
    const { roles } = groupWithoutVoidReferences(group, this);
    this.#groupsOfRole.move(groupname, rolenames(this.group(groupname)), rolenames({ roles }));
    this.#names = { ...this.#names, groups: this.#names.groups.with(groupname) };
    this.#groups.set(groupname, group);
  }

  putRole(role: Role): void {
    this.#names = { ...this.#names, roles: this.#names.roles.with(role.rolename) };
    this.#roles.set(role.rolename, role);
  }

  putSettings(settings: Settings): void {
    this.#settings = settings;
  }

  deleteClient(username: string): void {
    this.#reindex(username, this.holder(username), undefined);
    this.#names = { ...this.#names, clients: this.#names.clients.without(username) };
    this.#clients.set(username, undefined);
  }

  deleteGroup(groupname: string): void {
    this.#groupsOfRole.move(groupname, rolenames(this.group(groupname)), []);
    this.#members.set(groupname, undefined);
    this.#names = { ...this.#names, groups: this.#names.groups.without(groupname) };
    this.#groups.set(groupname, undefined);
  }

  deleteRole(rolename: string): void {
    this.#clientsOfRole.set(rolename, undefined);
    this.#groupsOfRole.set(rolename, undefined);
    this.#names = { ...this.#names, roles: this.#names.roles.without(rolename) };
    this.#roles.set(rolename, undefined);
  }

  countChange(): void {
    this.#changeIndex++;
  }

  /** What is said of the realm as a whole, as somebody else has written it. */
  takeOver(changeIndex: number, { extra, ...settings }: StoredSettings): void {
    this.#changeIndex = changeIndex;
    this.#settings = settings;
    this.#extra = extra;
  }

  kick(kick: Kick): void {
    this.#kicks.push(kick);
  }

  /** The state that takes the place of the one below. To be called once: the state below can be changed no more. */
  apply(): RealmState {
    const { base } = this;
    return {
      clients: base.clients.with(this.#clients.changes),
      groups: applied(base.groups, this.#groups.changes),
      roles: applied(base.roles, this.#roles.changes),
      settings: this.settings(),
      changeIndex: this.#changeIndex,
      extra: this.#extra,
      names: this.#names,
      index: {
        members: base.index.members.with(this.#members.changes),
        clientsOfRole: base.index.clientsOfRole.with(this.#clientsOfRole.changes),
        groupsOfRole: base.index.groupsOfRole.with(this.#groupsOfRole.changes),
      },
    };
  }

  /** What a client refers to; of those that are not held, too. */
  holder(username: string): Holder | undefined {
    const { changes } = this.#clients;
    const holder = changes.has(username) ? changes.get(username) : this.base.clients.holder(username);
    return holder && withoutVoidReferences(holder, this);
  }

  #reindex(username: string, before: Holder | undefined, after: Holder | undefined): void {
    this.#members.move(username, groupnames(before), groupnames(after));
    this.#clientsOfRole.move(username, rolenames(before), rolenames(after));
  }
}

/** The same map where nothing changes. */
function applied<V>(map: ReadonlyMap<string, V>, changes: Changes<V>): ReadonlyMap<string, V> {
  if (changes.size === 0) return map;
  const copy = new Map(map);
  for (const [name, value] of changes) {
    if (value === undefined) copy.delete(name);
    else copy.set(name, value);
  }
  return copy;
}

function rolenames(holder: Pick<Holder, 'roles'> | undefined): readonly string[] {
  return holder?.roles.map(({ rolename }) => rolename) ?? [];
}

function groupnames(client: Pick<Holder, 'groups'> | undefined): readonly string[] {
  return client?.groups.map(({ groupname }) => groupname) ?? [];
}
