import type { Findings } from '../findings.js';
import type { MigratedRule } from '../migrated-rule.js';

/** Roots of topics that are no ordinary ones. */
const SYSTEM = '$SYS';
const SHARED = '$share';

/** The roots that topics name, among those that begin with `$`. */
export function dollarRoots(topics: readonly string[]): ReadonlySet<string> {
  const roots = topics.map((topic) => topic.split('/', 1)[0] ?? '').filter((root) => root.startsWith('$'));
  return new Set([SYSTEM, SHARED, ...roots]);
}

/**
 * A leading wildcard covers topics that begin with `$` in mosquitto-go-auth, and does not in a role: so a rule with one
 * becomes several. Denials are carried over for all roots that any rule could grant, grants for `$SYS` and for shared
 * subscriptions, and never for `$CONTROL`: there, a grant that meant nothing would be one to administer.
 */
export function withDollarTopics(rule: MigratedRule, roots: ReadonlySet<string>): readonly MigratedRule[] {
  if (!startsWithWildcard(rule.topic)) return [rule];
  if (!rule.allow)
    return [rule, ...[...roots].map((root) => ({ ...rule, topic: replaceRoot(rule.topic, root) }))];
  const system = { ...rule, topic: replaceRoot(rule.topic, SYSTEM) };
  if (!rule.acltypes.includes('subscribePattern')) return [rule, system];
  const shared = { ...rule, topic: replaceRoot(rule.topic, SHARED), acltypes: ['subscribePattern'] as const };
  return [rule, system, shared];
}

/** Notes what becomes of leading wildcards, where there are any. */
export function noteDollarTopics(rules: readonly MigratedRule[], findings: Findings): void {
  if (!rules.some(({ topic, allow }) => allow && startsWithWildcard(topic))) return;
  findings.note(
    '',
    'in mosquitto-go-auth `#` and a leading `+` cover topics that begin with `$`: this was carried over for `$SYS` ' +
      'and for shared subscriptions, and not for `$CONTROL` and other topics of that kind',
  );
}

function startsWithWildcard(topic: string): boolean {
  return topic === '#' || topic === '+' || topic.startsWith('+/');
}

function replaceRoot(topic: string, root: string): string {
  return topic === '#' ? `${root}/#` : root + topic.slice(1);
}
