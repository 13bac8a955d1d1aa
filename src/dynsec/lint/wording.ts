import type { CompiledRole } from '../compiled-role.js';
import type { Acl } from '../entities.js';
import type { LintEntity } from './lint-finding.js';

/** How many names a message gives before it counts the others. */
const MAX_NAMES = 3;

/** Names in backticks, the first few of them. */
export function listNames(names: readonly string[]): string {
  const named = names.slice(0, MAX_NAMES).map((name) => `\`${name}\``);
  const others = names.length - named.length;
  return others > 0 ? `${named.join(', ')} and ${others} more` : named.join(', ');
}

/** `1 client`, `2 clients`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A rule as people speak of it. */
export function describeAcl({ topic, allow, priority }: Acl): string {
  return `\`${topic}\` (${allow ? 'allow' : 'deny'}, priority ${priority})`;
}

/** The entity that a rule of a role is. */
export function aclEntity({ role: { rolename } }: CompiledRole, { acltype, topic }: Acl): LintEntity {
  return { kind: 'acl', rolename, acltype, topic };
}
