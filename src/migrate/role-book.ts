import { compareAcls } from '../dynsec/document/parse-role.js';
import type { Acl, Role } from '../dynsec/entities.js';
import { LOADED } from '../dynsec/entities.js';
import { count, listNames } from './findings.js';
import type { MigratedRule } from './migrated-rule.js';
import type { RuleHolder, RuleSet } from './rule-sets.js';
import { distinctRuleSets } from './rule-sets.js';

/** Makes roles of rules, each under a name of its own. */
export class RoleBook {
  readonly #roles = new Map<string, Role>();
  /** How often a name was wanted. */
  readonly #wanted = new Map<string, number>();

  get roles(): readonly Role[] {
    return [...this.#roles.values()];
  }

  /** A role, under the name that is wanted or, where that is taken, one with a number. Undefined without rules. */
  add(wanted: string, textname: string, rules: readonly MigratedRule[]): Role | undefined {
    if (rules.length === 0) return undefined;
    const rolename = this.#free(wanted);
    const role = { rolename, incarnation: LOADED, textname, allowwildcardsubs: true, acls: aclsOf(rules) };
    this.#roles.set(rolename, role);
    return role;
  }

  /** Roles for holders of rules, as few as mean the same. @returns the name of the role of whoever has rules. */
  share(holders: readonly RuleHolder[], what: string): ReadonlyMap<string, string> {
    const rolenames = new Map<string, string>();
    for (const set of distinctRuleSets(holders)) {
      const role = this.add(wantedName(set, what), describeHolders(set), set.rules);
      if (role) for (const username of set.holders) rolenames.set(username, role.rolename);
    }
    return rolenames;
  }

  #free(wanted: string): string {
    const times = (this.#wanted.get(wanted) ?? 0) + 1;
    this.#wanted.set(wanted, times);
    const name = times === 1 ? wanted : `${wanted}-${times}`;
    return this.#roles.has(name) ? this.#free(wanted) : name;
  }
}

/** Above every grant of the same role. */
const DENIAL_PRIORITY = 1;

/** Denials come first whatever their order was; of several ACLs alike one is left. */
function aclsOf(rules: readonly MigratedRule[]): readonly Acl[] {
  const acls = new Map<string, Acl>();
  const inOrder = [...rules.filter(({ allow }) => !allow), ...rules.filter(({ allow }) => allow)];
  for (const { topic, allow, acltypes } of inOrder) {
    for (const acltype of acltypes) {
      const key = `${acltype} ${topic}`;
      if (acls.has(key)) continue;
      acls.set(key, { acltype, topic, priority: allow ? 0 : DENIAL_PRIORITY, allow });
    }
  }
  return [...acls.values()].sort(compareAcls);
}

function wantedName({ holders, rules }: RuleSet, what: string): string {
  const [first = ''] = holders;
  if (holders.length === 1) return first + what;
  const namesUser = rules.some(({ topic }) => topic.split('/').includes('%u'));
  return (namesUser ? 'own-topics' : 'shared') + what;
}

function describeHolders({ holders }: RuleSet): string {
  if (holders.length === 1) return `Rules of ${listNames(holders)}`;
  return `Rules of ${count(holders.length, 'client')}: ${listNames(holders)}`;
}
