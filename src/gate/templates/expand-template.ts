import type { Acl } from '../../dynsec/entities.js';
import { isAclTopic } from '../../dynsec/topic.js';
import { parseTopicTemplate } from '../../dynsec/topic-template.js';
import { readValues } from './read-values.js';
import type { RoleTemplate } from './role-template.js';
import { TemplateError } from './template-error.js';

/** What a template is to become. */
export interface TemplateChoice {
  readonly template: RoleTemplate;
  /** Untrusted; parameters that are not named have their defaults. */
  readonly values: ReadonlyMap<string, string>;
  /** Undefined: that of the template. Whether it can be one is for the command to say. */
  readonly rolename?: string | undefined;
}

/** A role as the dynsec commands take it; members in the order in which documents have them. */
export interface ExpandedRole {
  readonly rolename: string;
  readonly textname: string;
  readonly textdescription: string;
  readonly allowwildcardsubs: boolean;
  /** As the template has them. */
  readonly acls: readonly Acl[];
}

/**
 * Makes a role of a template.
 * @throws TemplateError where a value is none that the template takes.
 */
export function expandTemplate({ template, values, rolename }: TemplateChoice): ExpandedRole {
  const all = readValues(template, values);
  return {
    rolename: rolename ?? template.name,
    textname: template.title,
    textdescription: describeOrigin(template, all),
    allowwildcardsubs: true,
    acls: expandAcls(template.acls, all),
  };
}

/** How a parameter is written in a topic. */
export const PLACEHOLDER = /\$\{([a-z]+)\}/g;

/** Puts values in, once: what they hold is not looked into again. */
function expandAcls(acls: readonly Acl[], values: ReadonlyMap<string, string>): readonly Acl[] {
  const expanded = new Map<string, Acl>();
  for (const acl of acls) {
    const topic = acl.topic.replace(PLACEHOLDER, (text, name: string) => values.get(name) ?? text);
    if (!isUsable(topic)) {
      throw new TemplateError('invalid_request', `\`${topic.slice(0, 200)}\` would be no topic of an ACL`);
    }
    const key = `${acl.acltype} ${topic}`;
    // Two parameters may have the same value; dynsec passes over the second ACL, and so does this, in sight.
    if (!expanded.has(key)) expanded.set(key, { ...acl, topic });
  }
  return [...expanded.values()];
}

/** Values that are fine each may be too long together, end where another goes on, or put two variables in a level. */
function isUsable(topic: string): boolean {
  const { levels } = parseTopicTemplate(topic, 'wildcards');
  return isAclTopic(topic) && !levels.some((level) => level.kind === 'variable' && level.variable === null);
}

/** Where the role came from, for who meets it later. */
function describeOrigin({ name }: RoleTemplate, values: ReadonlyMap<string, string>): string {
  const set = [...values].map(([parameter, value]) => `${parameter}=${value}`);
  return `made by template ${name} with ${set.join(', ')}`;
}
