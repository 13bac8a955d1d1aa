import type { CompiledRole } from '../compiled-role.js';
import type { Access } from '../entities.js';
import { ACCESSES } from '../entities.js';
import type { Identity } from '../identity.js';
import type { Rule } from '../rule.js';
import type { TopicLevels } from '../topic-levels.js';
import { intersectTemplates } from './intersect-templates.js';
import { OverlapIndex } from './overlap-index.js';
import type { StandIns } from './stand-ins.js';

/** Roles that are looked at one after the other, on behalf of somebody. */
export interface Party {
  readonly roles: readonly CompiledRole[];
  readonly identity: Identity;
}

/** Something about which two parties decide differently. */
export interface Contradiction {
  readonly access: Access;
  /** The template of what it is about. */
  readonly on: string;
  /** One topic of it. */
  readonly example: TopicLevels;
  readonly first: Rule;
  readonly second: Rule;
}

/** How many pairs of rules of two roles are looked at: what is not found by then, is not found. */
const MAX_PAIRS = 20_000;

/**
 * Finds what two parties decide differently. Each finding is proven: both were asked about the example. Not finding
 * anything is no proof.
 */
export class ContradictionSearch {
  readonly #indexes = new Map<CompiledRole, Map<Access, Record<'allow' | 'deny', OverlapIndex>>>();

  constructor(private readonly standIns: StandIns) {}

  find(first: Party, second: Party): Contradiction | undefined {
    for (const access of ACCESSES) {
      let pairs = 0;
      for (const contradiction of this.#candidates(first, second, access)) {
        if (isContradiction(contradiction, first, second)) return contradiction;
        if (++pairs >= MAX_PAIRS) break;
      }
    }
    return undefined;
  }

  *#candidates(first: Party, second: Party, access: Access): Iterable<Contradiction> {
    for (const a of first.roles) {
      for (const b of second.roles) yield* this.#candidatesOfRoles(a, b, access);
    }
  }

  *#candidatesOfRoles(a: CompiledRole, b: CompiledRole, access: Access): Iterable<Contradiction> {
    const indexes = this.#indexesOf(a, access);
    for (const second of wellFormedRules(b, access)) {
      const contrary = second.acl.allow ? indexes.deny : indexes.allow;
      for (const first of contrary.find(second.template)) {
        const levels = intersectTemplates(first.template, second.template);
        if (!levels) continue;
        const on = levels.map(({ text }) => text).join('/');
        yield { access, on, example: this.standIns.asTopic(levels), first, second };
      }
    }
  }

  #indexesOf(role: CompiledRole, access: Access): Record<'allow' | 'deny', OverlapIndex> {
    const known = this.#indexes.get(role)?.get(access);
    if (known) return known;
    const rules = wellFormedRules(role, access);
    const indexes = {
      allow: new OverlapIndex(rules.filter(({ acl }) => acl.allow)),
      deny: new OverlapIndex(rules.filter(({ acl }) => !acl.allow)),
    };
    const ofRole = this.#indexes.get(role) ?? new Map<Access, typeof indexes>();
    this.#indexes.set(role, ofRole.set(access, indexes));
    return indexes;
  }
}

function wellFormedRules(role: CompiledRole, access: Access): readonly Rule[] {
  return role.rulesFor(access).flatMap(({ rules }) => rules.filter(({ template }) => template.isWellFormed));
}

function isContradiction({ access, example, first, second }: Contradiction, a: Party, b: Party): boolean {
  return decider(a, access, example) === first && decider(b, access, example) === second;
}

/** The rule by which a party decides; undefined where it does not, or by no rule that applies. */
export function decider({ roles, identity }: Party, access: Access, topic: TopicLevels): Rule | undefined {
  for (const role of roles) {
    const verdict = role.evaluate(access, topic, identity, { sawUnsafeAllow: false });
    if (verdict) return verdict.cause === 'match' ? verdict.rule : undefined;
  }
  return undefined;
}

/** Whether a party says anything about a topic. */
export function decides({ roles, identity }: Party, access: Access, topic: TopicLevels): boolean {
  return roles.some((role) => role.evaluate(access, topic, identity, { sawUnsafeAllow: false }));
}
