import type { Acl, AclType, Role } from '../entities.js';
import { ACL_TYPES, LOADED } from '../entities.js';
import { parseTopicTemplate } from '../topic-template.js';
import type { Members } from './members.js';
import { clampPriority } from './priority.js';
import { parseTexts } from './texts.js';

const KNOWN = new Set(['rolename', 'textname', 'textdescription', 'allowwildcardsubs', 'acls']);

/** Reads one role that has a name. */
export function parseRole(members: Members, rolename: string): Role {
  return {
    rolename,
    incarnation: LOADED,
    ...parseTexts(members),
    allowwildcardsubs: members.boolean('allowwildcardsubs') ?? true,
    acls: sortAcls(members.objects('acls').flatMap(parseAcl), members),
    ...members.extra(KNOWN),
  };
}

/** An ACL with the place that it came from. */
interface PlacedAcl {
  readonly acl: Acl;
  readonly members: Members;
}

function parseAcl(members: Members): readonly PlacedAcl[] {
  const acltype = parseAclType(members);
  const topic = members.string('topic');
  if (!acltype) return [];
  if (!topic) {
    members.reportSelf('has no topic; passed over');
    return [];
  }
  const priority = clampPriority(members.number('priority') ?? 0);
  const acl = { acltype, topic, priority, allow: members.boolean('allow') ?? false };
  warnOfTopic(acl, members);
  return [{ acl, members }];
}

/** An ACL type in any case, or undefined with a finding. */
function parseAclType(members: Members): AclType | undefined {
  const text = members.string('acltype')?.toLowerCase();
  const acltype = ACL_TYPES.find((type) => type.toLowerCase() === text);
  if (acltype) return acltype;
  members.report('acltype', `must be one of ${ACL_TYPES.join(', ')}; passed over`, {
    severity: 'warning',
  });
  return undefined;
}

function warnOfTopic({ acltype, topic }: Acl, members: Members): void {
  const template = parseTopicTemplate(topic, acltype.endsWith('Literal') ? 'plain' : 'wildcards');
  if (!template.isWellFormed) {
    members.report('topic', 'has a misplaced wildcard: checks that meet it are denied', {
      severity: 'warning',
    });
  }
  if (template.levels.some((level) => level.kind === 'variable' && level.variable === null)) {
    members.report('topic', 'has more than one variable in a level: it never allows', {
      severity: 'warning',
    });
  }
}

/** Puts ACLs into the order of evaluation; of several with the same type and topic, the first one counts. */
function sortAcls(placed: readonly PlacedAcl[], role: Members): readonly Acl[] {
  const seen = new Set<string>();
  const acls: Acl[] = [];
  for (const { acl, members } of placed) {
    const key = `${acl.acltype} ${acl.topic}`;
    if (seen.has(key)) members.reportSelf(`repeats an ACL of ${role.pointer} (${key}); passed over`);
    else acls.push(acl);
    seen.add(key);
  }
  return acls.sort(compareAcls);
}

/** The order of evaluation; Array.sort is stable, so ties stay as inserted. */
export function compareAcls(a: Acl, b: Acl): number {
  return ACL_TYPES.indexOf(a.acltype) - ACL_TYPES.indexOf(b.acltype) || b.priority - a.priority;
}
