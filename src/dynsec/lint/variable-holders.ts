import type { Client } from '../entities.js';
import type { Identity, Variable } from '../identity.js';
import { safeValue } from '../identity.js';
import type { LintSubject } from './lint-subject.js';

/** Those who have a role, by what a variable of it is worth to them. */
export interface VariableHolders {
  /** Clients with a value that may stand in a topic. */
  readonly safe: number;
  /** User names of clients that have no value at all. */
  readonly without: readonly string[];
  /** User names of clients whose value may not stand in a topic. */
  readonly unsafe: readonly string[];
}

/**
 * Looks at every client that has a role. A client id that is not bound counts as safe: what it is, is not known.
 * A client that comes by the role in several ways counts once for each kind of value that it has.
 */
export function holdersByValue(
  { holders }: LintSubject,
  rolename: string,
  variable: Variable,
): VariableHolders {
  const found = { safe: new Set<string>(), without: new Set<string>(), unsafe: new Set<string>() };
  for (const { profile, groupname } of holders.holdingsOf(rolename)) {
    for (const client of profile.clients) {
      found[worth(identityOf(client, groupname), variable)].add(client.username);
    }
  }
  return { safe: found.safe.size, without: [...found.without], unsafe: [...found.unsafe] };
}

function identityOf({ username, clientid, attributes }: Client, group: string | null): Identity {
  return { username, clientid: clientid ?? 'any', group, attributes };
}

function worth(identity: Identity, variable: Variable): keyof VariableHolders {
  if (safeValue(identity, variable) !== undefined) return 'safe';
  const value =
    typeof variable === 'string' ? identity[variable] : identity.attributes?.get(variable.attribute);
  return value ? 'unsafe' : 'without';
}
