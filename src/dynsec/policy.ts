import { CompiledRole } from './compiled-role.js';
import type { Configuration, DefaultAclAccess, Group, Role } from './entities.js';

/** How subscriptions to `$share/<group>/<filter>` are decided. */
export type SharedSubscriptions =
  /** As dynsec does: the text as it stands. */
  | 'dynsec'
  /** A rule for the whole text or for the filter inside decides, a denial of either wins; then the filter's default. */
  | 'filter';

/** What an operator chooses beside the configuration. */
export interface PolicyOptions {
  readonly sharedSubscriptions: SharedSubscriptions;
  /** Whether clients without a user name are served at all. */
  readonly allowAnonymous: boolean;
}

/** What a policy is compiled from: a configuration without its clients. */
export type PolicySource = Pick<Configuration, 'roles' | 'groups' | 'defaultACLAccess' | 'anonymousGroup'>;

/** Roles, groups and settings, compiled for deciding. Immutable. */
export interface Policy {
  readonly roles: ReadonlyMap<string, CompiledRole>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly defaultACLAccess: DefaultAclAccess;
  readonly anonymousGroup: Group | undefined;
  readonly options: PolicyOptions;
}

/** Compiles a policy; roles that are the same in `previous` are taken over as they are. */
export function compilePolicy(source: PolicySource, options: PolicyOptions, previous?: Policy): Policy {
  const roles = new Map<string, CompiledRole>();
  for (const [rolename, role] of source.roles) {
    const old = previous?.roles.get(rolename);
    roles.set(rolename, old && isSameRole(old.role, role) ? old : new CompiledRole(role));
  }
  return {
    roles,
    groups: source.groups,
    defaultACLAccess: source.defaultACLAccess,
    anonymousGroup:
      source.anonymousGroup === undefined ? undefined : source.groups.get(source.anonymousGroup),
    options,
  };
}

/** Whether two roles decide alike; texts for people do not count. */
function isSameRole(a: Role, b: Role): boolean {
  if (a === b) return true;
  if (a.incarnation !== b.incarnation || a.rolename !== b.rolename) return false;
  if (a.allowwildcardsubs !== b.allowwildcardsubs) return false;
  return (
    a.acls.length === b.acls.length &&
    a.acls.every((acl, i) => {
      const other = b.acls[i];
      return (
        other?.acltype === acl.acltype &&
        other.topic === acl.topic &&
        other.priority === acl.priority &&
        other.allow === acl.allow
      );
    })
  );
}
