import type { Acl } from './entities.js';
import type { TopicTemplate, WildcardReading } from './topic-template.js';
import { parseTopicTemplate } from './topic-template.js';

/** An ACL made ready for evaluation. */
export interface Rule {
  readonly acl: Acl;
  /** Its place among the rules of its role and type: the lower one is looked at first. */
  readonly rank: number;
  readonly template: TopicTemplate;
  /** What the ACL says. */
  readonly allow: boolean;
}

/** The rules of one type of one role, in the order of evaluation. */
export function compileRules(acls: readonly Acl[], reading: WildcardReading): readonly Rule[] {
  return acls.map((acl, rank) => ({
    acl,
    rank,
    template: parseTopicTemplate(acl.topic, reading),
    allow: acl.allow,
  }));
}
