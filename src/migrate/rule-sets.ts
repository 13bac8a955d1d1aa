import type { MigratedRule } from './migrated-rule.js';
import { isPlainUsername } from './username.js';

/** Somebody with rules. */
export interface RuleHolder {
  readonly username: string;
  readonly rules: readonly MigratedRule[];
}

/** Rules, and the user names that have exactly these. */
export interface RuleSet {
  readonly rules: readonly MigratedRule[];
  readonly holders: readonly string[];
}

/**
 * The sets of rules among the holders that differ in meaning. Rules that differ in nothing but that each holder's name
 * its own user name as a level are the same with `%u` for that level. A set that has one holder stays as it was
 * written, and so do the rules of a user name that `%u` would not stand for exactly.
 */
export function distinctRuleSets(holders: readonly RuleHolder[]): readonly RuleSet[] {
  const templated = groupByRules(holders.map(withOwnNameAsVariable)).filter(isShared);
  const placed = new Set(templated.flatMap((set) => set.holders));
  const others = holders.filter(({ username }) => !placed.has(username));
  return [...templated, ...groupByRules(others)];
}

function isShared({ holders }: RuleSet): boolean {
  return holders.length > 1;
}

function groupByRules(holders: readonly RuleHolder[]): readonly RuleSet[] {
  const sets = new Map<string, { rules: readonly MigratedRule[]; holders: string[] }>();
  for (const { username, rules } of holders) {
    const key = keyOf(rules);
    const set = sets.get(key);
    if (set) set.holders.push(username);
    else sets.set(key, { rules, holders: [username] });
  }
  return [...sets.values()];
}

/** Denials come before grants in any case: no other order makes a difference. */
function keyOf(rules: readonly MigratedRule[]): string {
  const each = rules.flatMap(({ topic, allow, acltypes }) =>
    acltypes.map((acltype) => JSON.stringify([acltype, topic, allow])),
  );
  return [...new Set(each)].sort().join('\n');
}

function withOwnNameAsVariable({ username, rules }: RuleHolder): RuleHolder {
  if (!isPlainUsername(username)) return { username, rules };
  const templated = rules.map((rule) => ({ ...rule, topic: nameAsVariable(rule.topic, username) }));
  return { username, rules: templated };
}

function nameAsVariable(topic: string, username: string): string {
  const levels = topic.split('/');
  return levels.map((level) => (level === username ? '%u' : level)).join('/');
}
