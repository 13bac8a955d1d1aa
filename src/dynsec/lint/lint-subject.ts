import type { CompiledRole } from '../compiled-role.js';
import type { Finding } from '../document/finding.js';
import type { Configuration, RoleReference } from '../entities.js';
import type { Policy, PolicyOptions } from '../policy.js';
import { compilePolicy } from '../policy.js';
import { Holders } from './holders.js';
import type { VariableUse } from './role-variables.js';
import { findVariables } from './role-variables.js';
import { StandIns } from './stand-ins.js';

/** What is looked at. */
export interface LintInput {
  readonly configuration: Configuration;
  /** What was said when its document was read. */
  readonly findings: readonly Finding[];
  readonly options: PolicyOptions;
}

/** A policy with what several rules want to know of it. */
export class LintSubject {
  readonly configuration: Configuration;
  readonly findings: readonly Finding[];
  readonly policy: Policy;
  readonly holders: Holders;
  readonly standIns: StandIns;
  readonly #variables = new Map<CompiledRole, readonly VariableUse[]>();

  constructor({ configuration, findings, options }: LintInput) {
    this.configuration = configuration;
    this.findings = findings;
    this.policy = compilePolicy(configuration, options);
    this.holders = new Holders(configuration.clients.values(), this.policy);
    this.standIns = new StandIns(configuration.roles.values());
  }

  /** Every role, ready for evaluation. */
  get roles(): Iterable<CompiledRole> {
    return this.policy.roles.values();
  }

  /** The roles that are meant, in order; void references have none. */
  rolesOf(references: readonly RoleReference[]): readonly CompiledRole[] {
    return references.flatMap(({ rolename, incarnation }) => {
      const role = this.policy.roles.get(rolename);
      return role?.role.incarnation === incarnation ? [role] : [];
    });
  }

  /** Every variable that a role uses. */
  variablesOf(role: CompiledRole): readonly VariableUse[] {
    let uses = this.#variables.get(role);
    if (!uses) this.#variables.set(role, (uses = findVariables(role)));
    return uses;
  }
}
