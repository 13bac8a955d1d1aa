import type { DefaultAclAccess, StoredPassword } from '../dynsec/entities.js';
import type { MigratedRule } from './migrated-rule.js';

/** What every client is subject to, beside its own rules. */
export interface CommonRules {
  /** Denials that come before a client's own rules. */
  readonly denials: readonly MigratedRule[];
  /** What comes after a client's own rules; among these, denials come first. */
  readonly rules: readonly MigratedRule[];
}

/** Somebody who may connect, or of whom rules speak. */
export interface MigratedClient {
  readonly username: string;
  /** Absent: it cannot log in with a password. */
  readonly password?: StoredPassword;
  readonly superuser: boolean;
  /** Its own rules; among these, denials come first. */
  readonly rules: readonly MigratedRule[];
  /** In place of those of the installation, where a template does not mean the same for this user name. */
  readonly common?: CommonRules;
}

/** An installation as its source described it, its topics converted: what a configuration is built from. */
export interface Installation {
  /** No two with the same user name. */
  readonly clients: readonly MigratedClient[];
  readonly common: CommonRules;
  /** Of clients without a user name: their own rules, and then these. Absent: there are no such clients. */
  readonly anonymous?: { readonly rules: readonly MigratedRule[]; readonly common: readonly MigratedRule[] };
  readonly defaultACLAccess: DefaultAclAccess;
}
