import type { Draft, EntityKind, Kick, Page, Settings } from '../../dynsec/commands/draft.js';
import type { Client, Group, Incarnation, Role } from '../../dynsec/entities.js';
import { ClientNotHeldError } from '../../gate/errors.js';
import type { MemoryDraft } from '../memory/memory-draft.js';

/** What commands have read, for the store to tell whether it is so still. Values include existence. */
export interface DraftReads {
  readonly clientExistence: ReadonlySet<string>;
  readonly groupExistence: ReadonlySet<string>;
  readonly roleExistence: ReadonlySet<string>;
  readonly clients: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly settings: boolean;
  /** A list of members was read: nothing less than the whole realm tells whether it is still the same. */
  readonly members: boolean;
}

/**
 * A draft that notes what is read through it. Pages of lists are not noted: commands answer with them, and decide
 * nothing by them.
 */
export class TrackedDraft implements Draft {
  readonly #reads = {
    clientExistence: new Set<string>(),
    groupExistence: new Set<string>(),
    roleExistence: new Set<string>(),
    clients: new Set<string>(),
    groups: new Set<string>(),
    roles: new Set<string>(),
    settings: false,
    members: false,
  };

  readonly #missing = new Set<string>();

  constructor(readonly draft: MemoryDraft) {}

  /**
   * Clients that were read and are not in memory. What was shown of them is a guess, so that one run finds them all:
   * where there are any, nothing of the run may count.
   */
  get missing(): ReadonlySet<string> {
    return this.#missing;
  }

  get reads(): DraftReads {
    return this.#reads;
  }

  hasClient(username: string): boolean {
    this.#reads.clientExistence.add(username);
    return this.draft.hasClient(username);
  }

  groupIncarnation(groupname: string): Incarnation | undefined {
    this.#reads.groupExistence.add(groupname);
    return this.draft.groupIncarnation(groupname);
  }

  roleIncarnation(rolename: string): Incarnation | undefined {
    this.#reads.roleExistence.add(rolename);
    return this.draft.roleIncarnation(rolename);
  }

  client(username: string): Client | undefined {
    this.#reads.clients.add(username);
    try {
      return this.draft.client(username);
    } catch (error) {
      if (!(error instanceof ClientNotHeldError)) throw error;
      this.#missing.add(username);
      const { roles = [], groups = [] } = this.draft.holder(username) ?? {};
      return { username, disabled: false, superuser: false, roles, groups };
    }
  }

  group(groupname: string): Group | undefined {
    this.#reads.groups.add(groupname);
    return this.draft.group(groupname);
  }

  role(rolename: string): Role | undefined {
    this.#reads.roles.add(rolename);
    return this.draft.role(rolename);
  }

  settings(): Settings {
    this.#reads.settings = true;
    return this.draft.settings();
  }

  changeIndex(): number {
    return this.draft.changeIndex();
  }

  page(kind: EntityKind, offset: number, count: number | undefined): Page {
    return this.draft.page(kind, offset, count);
  }

  members(groupname: string): readonly string[] {
    this.#reads.members = true;
    return this.draft.members(groupname);
  }

  putClient(client: Client): void {
    this.draft.putClient(client);
  }

  putGroup(group: Group): void {
    this.draft.putGroup(group);
  }

  putRole(role: Role): void {
    this.draft.putRole(role);
  }

  putSettings(settings: Settings): void {
    this.draft.putSettings(settings);
  }

  deleteClient(username: string): void {
    this.draft.deleteClient(username);
  }

  deleteGroup(groupname: string): void {
    this.draft.deleteGroup(groupname);
  }

  deleteRole(rolename: string): void {
    this.draft.deleteRole(rolename);
  }

  countChange(): void {
    this.draft.countChange();
  }

  kick(kick: Kick): void {
    this.draft.kick(kick);
  }
}
