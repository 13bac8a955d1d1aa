import type { AclType } from '../dynsec/entities.js';
import type { Findings } from './findings.js';
import type { TopicPiece } from './topic-conversion.js';
import { convertTopic } from './topic-conversion.js';

/** A rule as a role can have it. */
export interface MigratedRule {
  /** A topic template. */
  readonly topic: string;
  readonly allow: boolean;
  /** What it is about; the rule becomes an ACL for each. */
  readonly acltypes: readonly AclType[];
}

/** A rule of one of the sources. */
export interface SourceRule {
  readonly place: string;
  readonly pieces: readonly TopicPiece[];
  readonly allow: boolean;
  readonly acltypes: readonly AclType[];
}

/**
 * Carries rules over, or reports why they cannot be. Fails closed: what cannot be granted exactly is not granted, and
 * what cannot be denied exactly is denied for every value of the level in question.
 */
export function carryRules(rules: readonly SourceRule[], findings: Findings): readonly MigratedRule[] {
  return rules.flatMap((rule) => carryRule(rule, findings) ?? []);
}

function carryRule(rule: SourceRule, findings: Findings): MigratedRule | undefined {
  const { topic, problems } = convertTopic(rule.pieces);
  const { allow, acltypes } = rule;
  if (problems.length > 0) {
    const outcome = allow ? 'not granted' : `denied as \`${topic}\`, which denies more`;
    findings.lost(rule.place, `${outcome}: ${problems.join('; ')}`);
    if (allow) return undefined;
  }
  if (allow && acltypes.includes('publishClientSend') && topic.startsWith('$CONTROL')) {
    findings.note(
      rule.place,
      `\`${topic}\`: with the dynamic security that this becomes, publishing there administers it`,
    );
  }
  return { topic, allow, acltypes };
}
