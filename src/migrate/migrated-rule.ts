import type { AclType } from '../dynsec/entities.js';
import { isMqttText } from '../dynsec/mqtt-text.js';
import { isAclTopic } from '../dynsec/topic.js';
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

/** Why a text cannot be the topic of a rule, or undefined. */
export function topicProblem(topic: string): string | undefined {
  if (topic === '') return 'the topic is empty';
  if (!isReadableText(topic)) return 'the topic is not UTF-8 that MQTT allows';
  return isAclTopic(topic) ? undefined : `\`${topic}\` is no topic filter`;
}

/** Why a text cannot be the user name of a client, or undefined. */
export function usernameProblem(username: string): string | undefined {
  if (username === '') return 'the user name is empty';
  return isReadableText(username) ? undefined : 'the user name is not UTF-8 that MQTT allows';
}

/** U+FFFD stands where a source was not UTF-8. */
function isReadableText(text: string): boolean {
  return isMqttText(text) && !text.includes('\ufffd');
}
