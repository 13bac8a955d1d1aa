import type { Decision } from '../decision.js';
import type { Acl, Configuration } from '../entities.js';

/** A rule of a role. */
export interface RoleAcl {
  readonly rolename: string;
  readonly acl: Acl;
}

/** Which rules have decided something. */
export interface AclCoverage {
  readonly total: number;
  /** Those that have decided nothing, by role, in the order of evaluation. */
  readonly unexercised: readonly RoleAcl[];
}

/** Takes note of the rules that decide. */
export class CoverageRecord {
  readonly #exercised = new Set<Acl>();

  note({ source }: Decision): void {
    if (source?.rule) this.#exercised.add(source.rule.acl);
  }

  /** @param configuration the one by which everything was decided. */
  coverageOf({ roles }: Configuration): AclCoverage {
    const acls = [...roles.values()].flatMap((role) =>
      role.acls.map((acl): RoleAcl => ({ rolename: role.rolename, acl })),
    );
    return { total: acls.length, unexercised: acls.filter(({ acl }) => !this.#exercised.has(acl)) };
  }
}
