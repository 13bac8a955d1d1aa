import type { GroupReference } from '../entities.js';
import type { Identity } from '../identity.js';
import type { Contradiction, Party } from './contradictions.js';
import { ContradictionSearch, decides } from './contradictions.js';
import type { Profile } from './holders.js';
import type { LintProblem } from './lint-finding.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { count, listNames } from './wording.js';

/** Groups of one client with the same priority whose roles say the opposite about some topic. */
export const contradictingGroups: LintRule = {
  id: 'contradicting-groups',
  title: 'groups of one client with the same priority that contradict each other: their names decide',
  *check(subject: LintSubject) {
    const pairs = new GroupPairs(subject);
    const found = new Map<string, GroupPair & { readonly usernames: string[] }>();
    for (const profile of subject.holders.profiles) {
      for (const pair of pairs.find(profile)) {
        const known = found.get(pair.key) ?? { ...pair, usernames: [] };
        for (const { username } of profile.clients) known.usernames.push(username);
        found.set(pair.key, known);
      }
    }
    for (const pair of found.values()) yield describe(pair);
  },
};

/** Two groups that contradict each other. */
interface GroupPair {
  readonly key: string;
  readonly first: GroupReference;
  readonly second: GroupReference;
  readonly contradiction: Contradiction;
}

/** How many groups of one priority of one client are compared, each with each. */
const MAX_COMPARED = 50;

class GroupPairs {
  readonly #known = new Map<string, Contradiction | undefined>();
  readonly #search: ContradictionSearch;

  constructor(private readonly subject: LintSubject) {
    this.#search = new ContradictionSearch(subject.standIns);
  }

  *find({ groups, roles }: Profile): Iterable<GroupPair> {
    for (const [i, first] of groups.entries()) {
      for (const second of groups.slice(i + 1, i + MAX_COMPARED)) {
        if (second.priority !== first.priority) break;
        const contradiction = this.#compare(first, second);
        if (!contradiction) continue;
        const before = [this.#directParty(roles), ...groups.slice(0, i).map((group) => this.#partyOf(group))];
        const { access, example } = contradiction;
        if (before.some((party) => decides(party, access, example))) continue;
        yield { key: JSON.stringify([first, second]), first, second, contradiction };
      }
    }
  }

  #compare(first: GroupReference, second: GroupReference): Contradiction | undefined {
    const key = JSON.stringify([first.groupname, second.groupname]);
    if (!this.#known.has(key)) {
      this.#known.set(key, this.#search.find(this.#partyOf(first), this.#partyOf(second)));
    }
    return this.#known.get(key);
  }

  #partyOf({ groupname }: GroupReference): Party {
    const roles = this.subject.policy.groups.get(groupname)?.roles ?? [];
    // A name that is as good as a stand-in, and different for each group.
    return this.#party(roles, { ...this.subject.standIns.identity, group: JSON.stringify(groupname) });
  }

  #directParty(roles: Profile['roles']): Party {
    return this.#party(roles, { ...this.subject.standIns.identity, group: null });
  }

  #party(references: Profile['roles'], identity: Identity): Party {
    return { roles: this.subject.rolesOf(references), identity };
  }
}

function describe({
  first,
  second,
  contradiction,
  usernames,
}: GroupPair & { readonly usernames: readonly string[] }): LintProblem {
  const [a, b] = [first.groupname, second.groupname];
  const { access, on } = contradiction;
  const [verb, contrary] = contradiction.first.acl.allow ? ['allow', 'deny'] : ['deny', 'allow'];
  return {
    severity: 'warning',
    entity: { kind: 'clients', usernames },
    message:
      `groups \`${a}\` and \`${b}\` have the same priority ${first.priority} for ` +
      `${count(usernames.length, 'client')} (${listNames(usernames)}), and the roles of \`${a}\` ${verb} ` +
      `${access} \`${on}\`, which those of \`${b}\` ${contrary}; the first by name decides: ` +
      'give the membership that is to win a higher priority',
  };
}
