/**
 * What became of a migration, short enough to compare.
 */
import type { Migration } from '../../src/migrate/migration.js';

/** `place: message` of what was lost. */
export function lost({ findings }: Migration): readonly string[] {
  return findings.filter(({ kind }) => kind === 'lost').map(({ place, message }) => `${place}: ${message}`);
}

/** `place: message` of what was noted. */
export function notes({ findings }: Migration): readonly string[] {
  return findings.filter(({ kind }) => kind === 'note').map(({ place, message }) => `${place}: ${message}`);
}

/** The ACLs of a role: `+publishClientSend a/b`, a minus for a denial. */
export function acls({ configuration }: Migration, rolename: string): readonly string[] {
  const role = configuration.roles.get(rolename);
  return (role?.acls ?? []).map(({ acltype, topic, allow }) => `${allow ? '+' : '-'}${acltype} ${topic}`);
}

/** The names of the roles that each client holds directly. */
export function rolesByClient({ configuration }: Migration): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...configuration.clients].map(([username, { roles }]) => [
      username,
      roles.map(({ rolename }) => rolename),
    ]),
  );
}
