import { compareAcls } from '../document/parse-role.js';
import { clampPriority } from '../document/priority.js';
import type { Acl, AclType } from '../entities.js';
import { ACL_TYPES } from '../entities.js';
import { isMqttText } from '../mqtt-text.js';
import { isAclTopic } from '../topic.js';
import type { CommandMembers } from './command-members.js';
import { refuse } from './command-refusal.js';
import { toUnicodeText } from './unicode-text.js';

/** Which ACL of a role is meant: there is one for each. */
export type AclKey = Pick<Acl, 'acltype' | 'topic'>;

const TYPES: ReadonlyMap<string, AclType> = new Map(ACL_TYPES.map((type) => [type.toLowerCase(), type]));

/**
 * The `acls` of a role, in the order of evaluation, or undefined where they are no list.
 * PARITY: topics are not looked into; what lacks a type or a topic, or repeats another, is passed over (2.1.2).
 */
export function readAcls(members: CommandMembers): readonly Acl[] | undefined {
  const acls = new Map<string, Acl>();
  const elements = members.objects('acls');
  for (const element of elements ?? []) {
    const acltype = TYPES.get(element.lenientString('acltype')?.toLowerCase() ?? '');
    const topic = toUnicodeText(element.lenientString('topic') ?? '');
    const key = `${acltype ?? ''} ${topic}`;
    if (acltype && topic !== '' && !acls.has(key)) acls.set(key, readAcl(element, { acltype, topic }));
  }
  return elements && [...acls.values()].sort(compareAcls);
}

/** Which ACL a command is about. @throws CommandRefusal */
export function readAclKey(members: CommandMembers): AclKey {
  const text = members.requiredString('acltype');
  const acltype = TYPES.get(text.toLowerCase()) ?? refuse('Unknown acltype');
  const topic = members.requiredString('topic');
  if (!isMqttText(topic)) refuse('Topic not valid UTF-8');
  if (!isAclTopic(topic)) refuse('Invalid ACL topic');
  return { acltype, topic };
}

/** The rest of an ACL. */
export function readAcl(members: CommandMembers, key: AclKey): Acl {
  return {
    ...key,
    priority: clampPriority(members.integer('priority', 0)),
    allow: members.boolean('allow', false),
  };
}

/** Whether this is the ACL that is meant. */
export function isAcl(acl: Acl, { acltype, topic }: AclKey): boolean {
  return acl.topic === topic && acl.acltype === acltype;
}

/** Adds an ACL, behind those of the same type and priority. */
export function withAcl(acls: readonly Acl[], acl: Acl): readonly Acl[] {
  return [...acls, acl].sort(compareAcls);
}
