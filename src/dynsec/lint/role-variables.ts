import type { CompiledRole } from '../compiled-role.js';
import { ACCESSES } from '../entities.js';
import type { Variable } from '../identity.js';
import type { VariableLevel } from '../topic-template.js';

/** A variable in the rules of a role. */
export interface VariableUse {
  readonly variable: Variable;
  /** As it is written where it is first met: `%c`, `%{site}`. */
  readonly written: string;
  /** The topics of the rules that need it, without repetition. */
  readonly topics: readonly string[];
}

/** Finds every variable that a role uses. Levels with several are left out: no value ever fits them. */
export function findVariables(role: CompiledRole): readonly VariableUse[] {
  if (!role.role.acls.some(({ topic }) => topic.includes('%'))) return [];
  const uses = new Map<string, { variable: Variable; written: string; topics: Set<string> }>();
  for (const { template } of ACCESSES.flatMap((access) => role.rulesFor(access)).flatMap(
    ({ rules }) => rules,
  )) {
    if (!template.hasVariables || !template.isWellFormed) continue;
    for (const level of template.levels) {
      if (level.kind !== 'variable' || level.variable === null) continue;
      const key = JSON.stringify(level.variable);
      const use = uses.get(key) ?? { variable: level.variable, written: writtenIn(level), topics: new Set() };
      use.topics.add(template.text);
      uses.set(key, use);
    }
  }
  return [...uses.values()].map(({ variable, written, topics }) => ({
    variable,
    written,
    topics: [...topics],
  }));
}

function writtenIn({ text, prefix, suffix }: VariableLevel): string {
  return text.slice(prefix.length, text.length - suffix.length);
}
