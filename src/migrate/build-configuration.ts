import { compareNames, compareRoleReferences } from '../dynsec/compare.js';
import type { Client, Configuration, Group, GroupReference, RoleReference } from '../dynsec/entities.js';
import { LOADED } from '../dynsec/entities.js';
import type { Installation, MigratedClient } from './installation.js';
import { RoleBook } from './role-book.js';

/** The group, and its role, through which the rules for everybody reach every client. */
export const EVERY_CLIENT = 'every-client';
/** The group of clients without a user name, and the role of their own rules. */
export const ANONYMOUS = 'anonymous';

/** Roles of a client are asked before those of its groups; among its own, what is denied to everybody comes first. */
const PRIORITIES = { denials: 1, own: -1, common: -2 } as const;

/**
 * Builds the configuration that decides as the installation did, with few roles: what is common is one role, given
 * through one group, and clients with the same rules hold the same role.
 */
export function buildConfiguration(installation: Installation): Configuration {
  const book = new RoleBook();
  const groups = [...buildCommonGroup(installation, book), ...buildAnonymousGroup(installation, book)];
  const clients = buildClients(installation, book);
  const isAnonymousServed = groups.some(({ groupname }) => groupname === ANONYMOUS);
  return {
    changeIndex: 0,
    defaultACLAccess: installation.defaultACLAccess,
    clients: byName(clients, ({ username }) => username),
    groups: byName(groups, ({ groupname }) => groupname),
    roles: byName(book.roles, ({ rolename }) => rolename),
    ...(isAnonymousServed ? { anonymousGroup: ANONYMOUS } : {}),
  };
}

function buildCommonGroup({ common }: Installation, book: RoleBook): readonly Group[] {
  const role = book.add(EVERY_CLIENT, 'Rules for every client', common.rules);
  if (!role) return [];
  const roles = referTo(role.rolename, PRIORITIES.own);
  return [{ groupname: EVERY_CLIENT, incarnation: LOADED, textname: 'Every client', roles }];
}

function buildAnonymousGroup({ anonymous, common }: Installation, book: RoleBook): readonly Group[] {
  if (!anonymous) return [];
  const own = book.add(ANONYMOUS, 'Rules of clients without a user name', anonymous.rules);
  const isTheSame = anonymous.common.length === common.rules.length;
  const shared = isTheSame
    ? book.roles.find(({ rolename }) => rolename === EVERY_CLIENT)
    : book.add('every-anonymous-client', 'Rules for every client that need no user name', anonymous.common);
  if (!own && !shared) return [];
  const roles = [...referTo(own?.rolename, PRIORITIES.own), ...referTo(shared?.rolename, PRIORITIES.common)];
  return [{ groupname: ANONYMOUS, incarnation: LOADED, textname: 'Clients without a user name', roles }];
}

/** The roles of all clients are made at once, so that they are shared. */
function buildClients({ clients, common }: Installation, book: RoleBook): readonly Client[] {
  const deniedFirst = book.add(
    'denied-first',
    'Denied to every client, whatever its own rules',
    common.denials,
  );
  const share = (what: string, rulesOf: (client: MigratedClient) => MigratedClient['rules']) =>
    book.share(
      clients.map((client) => ({ username: client.username, rules: rulesOf(client) })),
      what,
    );
  const own = share('', ({ rules }) => rules);
  const ownCommon = share('-common', (client) => client.common?.rules ?? []);
  const ownDenials = share('-denied-first', (client) => client.common?.denials ?? []);
  const membership = common.rules.length > 0 ? [EVERY_CLIENT_MEMBER] : [];
  return clients.map((client): Client => {
    const { username, superuser, password } = client;
    const denials = client.common ? ownDenials.get(username) : deniedFirst?.rolename;
    const roles = [
      ...referTo(denials, PRIORITIES.denials),
      ...referTo(own.get(username), PRIORITIES.own),
      ...referTo(ownCommon.get(username), PRIORITIES.common),
    ];
    return {
      username,
      disabled: false,
      superuser,
      roles: roles.sort(compareRoleReferences),
      groups: client.common ? [] : membership,
      ...(password ? { password } : {}),
    };
  });
}

const EVERY_CLIENT_MEMBER: GroupReference = { groupname: EVERY_CLIENT, incarnation: LOADED, priority: -1 };

function referTo(rolename: string | undefined, priority: number): readonly RoleReference[] {
  return rolename === undefined ? [] : [{ rolename, incarnation: LOADED, priority }];
}

function byName<T>(entities: readonly T[], nameOf: (entity: T) => string): ReadonlyMap<string, T> {
  const entries = entities.map((entity): [string, T] => [nameOf(entity), entity]);
  return new Map(entries.sort(([a], [b]) => compareNames(a, b)));
}
