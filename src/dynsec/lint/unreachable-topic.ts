import type { Acl } from '../entities.js';
import { isMqttText } from '../mqtt-text.js';
import type { Rule } from '../rule.js';
import { isAclTopic, isTopicFilter } from '../topic.js';
import type { TopicTemplate } from '../topic-template.js';
import { parseTopicTemplate } from '../topic-template.js';
import { allRules } from './all-rules.js';
import { intersectTemplates } from './intersect-templates.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { aclEntity } from './wording.js';

/** Rules about topics that no broker lets through, whatever they say. */
export const unreachableTopic: LintRule = {
  id: 'unreachable-topic',
  title: 'a rule about topics that no broker ever lets through, such as publishing to $SYS/...',
  *check(subject: LintSubject) {
    for (const { role, rule } of allRules(subject)) {
      const problem = problemOf(rule);
      if (problem === undefined) continue;
      yield {
        severity: 'warning',
        entity: aclEntity(role, rule.acl),
        message: `never decides: ${problem}; take it away`,
      };
    }
  },
};

function problemOf({ acl, template }: Rule): string | undefined {
  const isPublish = acl.acltype === 'publishClientSend';
  if (!isMqttText(acl.topic)) return 'no topic holds such characters';
  if (acl.acltype.endsWith('Literal')) return problemOfLiteral(acl, template);
  if (!template.isWellFormed) return undefined;
  if (!isAclTopic(acl.topic)) return 'no topic is as long as this, or has as many levels';
  if ((isPublish || acl.acltype === 'publishClientReceive') && acl.topic.startsWith('$share')) {
    return 'no message has a topic that begins with `$share`';
  }
  return isPublish && isProtected(template)
    ? 'clients may not publish to `$SYS` (but to `$SYS/broker/connection/+/state`)'
    : undefined;
}

function problemOfLiteral({ topic }: Acl, { hasVariables }: TopicTemplate): string | undefined {
  return hasVariables || isTopicFilter(topic) ? undefined : 'this is no filter that can be subscribed to';
}

const BRIDGE_STATE = parseTopicTemplate('$SYS/broker/connection/+/state', 'wildcards');

function isProtected({ text, levels }: TopicTemplate): boolean {
  if (!text.startsWith('$SYS')) return false;
  // Whatever values there are.
  const widest = levels.map((level) => (level.kind === 'variable' ? '+' : level.text)).join('/');
  return !intersectTemplates(parseTopicTemplate(widest, 'wildcards'), BRIDGE_STATE);
}
