import type { Client, GroupReference, RoleReference } from '../entities.js';
import type { Policy } from '../policy.js';

/** Clients whose roles and groups are the same, priorities included. */
export interface Profile {
  readonly roles: readonly RoleReference[];
  readonly groups: readonly GroupReference[];
  /** At least one. */
  readonly clients: readonly Client[];
}

/** A way in which clients come by a role. */
export interface Holding {
  readonly profile: Profile;
  /** The group through which they have it; null: they hold it themselves. */
  readonly groupname: string | null;
}

/**
 * Who has which role, as far as roles count: neither disabled clients nor superusers, whose roles nobody looks at.
 */
export class Holders {
  readonly profiles: readonly Profile[];
  readonly #holdings = new Map<string, Holding[]>();

  constructor(
    clients: Iterable<Client>,
    private readonly policy: Policy,
  ) {
    this.profiles = groupByProfile(clients);
    for (const profile of this.profiles) this.#addHoldings(profile);
  }

  /** How clients come by a role; a client may come by it in several ways. */
  holdingsOf(rolename: string): readonly Holding[] {
    return this.#holdings.get(rolename) ?? [];
  }

  /** Whether the anonymous clients have a role. */
  isAnonymous(rolename: string): boolean {
    return this.policy.anonymousGroup?.roles.some((reference) => reference.rolename === rolename) ?? false;
  }

  #addHoldings(profile: Profile): void {
    this.#add(profile.roles, { profile, groupname: null });
    for (const { groupname } of profile.groups) {
      this.#add(this.policy.groups.get(groupname)?.roles ?? [], { profile, groupname });
    }
  }

  #add(references: readonly RoleReference[], holding: Holding): void {
    for (const { rolename, incarnation } of references) {
      if (this.policy.roles.get(rolename)?.role.incarnation !== incarnation) continue;
      const holdings = this.#holdings.get(rolename);
      if (holdings) holdings.push(holding);
      else this.#holdings.set(rolename, [holding]);
    }
  }
}

function groupByProfile(clients: Iterable<Client>): readonly Profile[] {
  const keys = new ListKeys();
  const profiles = new Map<string, Profile & { readonly clients: Client[] }>();
  for (const client of clients) {
    if (client.disabled || client.superuser) continue;
    const { roles, groups } = client;
    const key = `${keys.of(roles)} ${keys.of(groups)}`;
    const profile = profiles.get(key);
    if (profile) profile.clients.push(client);
    else profiles.set(key, { roles, groups, clients: [client] });
  }
  return [...profiles.values()];
}

/** Gives equal lists of references the same number. Documents that were read hold equal lists once. */
class ListKeys {
  readonly #byList = new Map<object, number>();
  readonly #byContent = new Map<string, number>();

  of(list: readonly (RoleReference | GroupReference)[]): number {
    let key = this.#byList.get(list);
    if (key === undefined) this.#byList.set(list, (key = this.#byText(JSON.stringify(list))));
    return key;
  }

  #byText(text: string): number {
    const known = this.#byContent.get(text) ?? this.#byContent.size;
    this.#byContent.set(text, known);
    return known;
  }
}
