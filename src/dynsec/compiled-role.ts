import type { Access, AclType, Role } from './entities.js';
import type { Identity } from './identity.js';
import type { Hit, SearchNotes } from './rule-index.js';
import type { RuleSet } from './rule-set.js';
import { LiteralRules, WildcardRules } from './rule-set.js';
import type { TopicLevels } from './topic-levels.js';

/** What one role says of one request. */
export type RoleVerdict =
  | Hit
  /** The role refuses subscriptions with wildcards, whatever its rules say. */
  | { readonly cause: 'wildcard_subscription' };

/** Which rules guard an access, in the order in which dynsec asks them. */
const TYPES_OF: Readonly<Record<Access, readonly AclType[]>> = {
  publishClientSend: ['publishClientSend'],
  publishClientReceive: ['publishClientReceive'],
  subscribe: ['subscribeLiteral', 'subscribePattern'],
  unsubscribe: ['unsubscribeLiteral', 'unsubscribePattern'],
};

/** Roles with more rules than this are made ready at once, so that no check waits for it. */
const EAGER_FROM = 256;

/** A role made ready for evaluation. Rules of a type are compiled when they are first asked for. */
export class CompiledRole {
  readonly #sets = new Map<AclType, RuleSet>();

  constructor(readonly role: Role) {
    if (role.acls.length >= EAGER_FROM) {
      for (const { acltype } of role.acls) this.ruleSet(acltype);
    }
  }

  /** What this role says, or undefined where it says nothing. Rules decide in the order of `rulesFor`. */
  evaluate(
    access: Access,
    topic: TopicLevels,
    identity: Identity,
    notes: SearchNotes,
  ): RoleVerdict | undefined {
    if (this.refusesWildcards(access, topic)) return { cause: 'wildcard_subscription' };
    for (const acltype of TYPES_OF[access]) {
      const hit = this.ruleSet(acltype).find(topic, identity, notes);
      if (hit) return hit;
    }
    return undefined;
  }

  /** The sets of rules that guard an access, in the order of evaluation. */
  rulesFor(access: Access): readonly RuleSet[] {
    return TYPES_OF[access].map((acltype) => this.ruleSet(acltype));
  }

  /** PARITY: checked before all rules of the role, so that a literal rule for the filter does not help (2.1.2). */
  refusesWildcards(access: Access, { text }: TopicLevels): boolean {
    return (
      access === 'subscribe' && !this.role.allowwildcardsubs && (text.includes('+') || text.includes('#'))
    );
  }

  private ruleSet(acltype: AclType): RuleSet {
    let set = this.#sets.get(acltype);
    if (!set) this.#sets.set(acltype, (set = compileRuleSet(this.role, acltype)));
    return set;
  }
}

function compileRuleSet(role: Role, acltype: AclType): RuleSet {
  const acls = role.acls.filter((acl) => acl.acltype === acltype);
  return acltype.endsWith('Literal') ? new LiteralRules(acls) : new WildcardRules(acls);
}
