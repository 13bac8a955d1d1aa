import type { Client, RoleReference } from '../entities.js';
import type { Identity } from '../identity.js';
import type { Contradiction, Party } from './contradictions.js';
import { ContradictionSearch, decides } from './contradictions.js';
import type { LintEntity, LintProblem } from './lint-finding.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { count, listNames } from './wording.js';

/** Roles of one client or group with the same priority that say the opposite about some topic. */
export const contradictingRoles: LintRule = {
  id: 'contradicting-roles',
  title: 'roles of one holder with the same priority that contradict each other: their names decide',
  *check(subject: LintSubject) {
    const pairs = new RolePairs(subject);
    yield* checkGroups(subject, pairs);
    yield* checkClients(subject, pairs);
  },
};

function* checkGroups({ policy, standIns }: LintSubject, pairs: RolePairs): Iterable<LintProblem> {
  for (const { groupname, roles } of policy.groups.values()) {
    for (const pair of pairs.find(roles, standIns.identity))
      yield describe(pair, { kind: 'group', groupname });
  }
}

function* checkClients({ holders, standIns }: LintSubject, pairs: RolePairs): Iterable<LintProblem> {
  const found = new Map<string, { readonly pair: RolePair; readonly clients: Client[] }>();
  for (const { roles, clients } of holders.profiles) {
    for (const pair of pairs.find(roles, { ...standIns.identity, group: null })) {
      const known = found.get(pair.key) ?? { pair, clients: [] };
      for (const client of clients) known.clients.push(client);
      found.set(pair.key, known);
    }
  }
  for (const { pair, clients } of found.values()) {
    yield describe(pair, { kind: 'clients', usernames: clients.map(({ username }) => username) });
  }
}

/** Two roles of one holder that contradict each other. */
interface RolePair {
  readonly key: string;
  readonly first: RoleReference;
  readonly second: RoleReference;
  readonly contradiction: Contradiction;
}

/** How many roles of one priority of one holder are compared, each with each. */
const MAX_COMPARED = 50;

class RolePairs {
  readonly #known = new Map<string, Contradiction | undefined>();
  readonly #search: ContradictionSearch;

  constructor(private readonly subject: LintSubject) {
    this.#search = new ContradictionSearch(subject.standIns);
  }

  /** @param references in the order of evaluation. */
  *find(references: readonly RoleReference[], identity: Identity): Iterable<RolePair> {
    for (const [i, first] of references.entries()) {
      for (const second of references.slice(i + 1, i + MAX_COMPARED)) {
        if (second.priority !== first.priority) break;
        const contradiction = this.#compare(first, second, identity);
        if (!contradiction) continue;
        const before = this.#party(references.slice(0, i), identity);
        if (decides(before, contradiction.access, contradiction.example)) continue;
        yield { key: JSON.stringify([first, second]), first, second, contradiction };
      }
    }
  }

  #compare(first: RoleReference, second: RoleReference, identity: Identity): Contradiction | undefined {
    const key = JSON.stringify([first.rolename, second.rolename, identity.group]);
    if (!this.#known.has(key)) {
      const [a, b] = [this.#party([first], identity), this.#party([second], identity)];
      this.#known.set(key, this.#search.find(a, b));
    }
    return this.#known.get(key);
  }

  #party(references: readonly RoleReference[], identity: Identity): Party {
    return { roles: this.subject.rolesOf(references), identity };
  }
}

function describe({ first, second, contradiction }: RolePair, entity: LintEntity): LintProblem {
  const { access, on, first: rule } = contradiction;
  const [verb, contrary] = rule.acl.allow ? ['allows', 'denies'] : ['denies', 'allows'];
  return {
    severity: 'warning',
    entity,
    message:
      `roles \`${first.rolename}\` and \`${second.rolename}\` have the same priority ${first.priority}${ofWhom(entity)}, ` +
      `and \`${first.rolename}\` ${verb} ${access} \`${on}\`, which \`${second.rolename}\` ${contrary}; ` +
      'the first by name decides: give the one that is to win a higher priority',
  };
}

function ofWhom(entity: LintEntity): string {
  if (entity.kind !== 'clients') return '';
  return ` for ${count(entity.usernames.length, 'client')} (${listNames(entity.usernames)})`;
}
