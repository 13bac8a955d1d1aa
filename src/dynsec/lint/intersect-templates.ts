import type { TemplateLevel, TopicTemplate } from '../topic-template.js';

/**
 * What two templates both apply to, whoever asks, as the levels of a template; undefined where that is nothing.
 * A variable is equal to itself alone: what meets by a chance name is no meeting.
 */
export function intersectTemplates(a: TopicTemplate, b: TopicTemplate): readonly TemplateLevel[] | undefined {
  if (a.startsWithDollar !== b.startsWithDollar) return undefined;
  const levels: TemplateLevel[] = [];
  for (let at = 0; ; at++) {
    const x = a.levels[at];
    const y = b.levels[at];
    if (x?.kind === 'hash') return [...levels, ...b.levels.slice(at)];
    if (y?.kind === 'hash') return [...levels, ...a.levels.slice(at)];
    if (!x || !y) return x === y ? levels : undefined;
    const common = intersectLevels(x, y);
    if (!common) return undefined;
    levels.push(common);
  }
}

function intersectLevels(x: TemplateLevel, y: TemplateLevel): TemplateLevel | undefined {
  if (x.kind === 'plus') return y;
  if (y.kind === 'plus') return x;
  return isSameLevel(x, y) ? x : undefined;
}

function isSameLevel(x: TemplateLevel, y: TemplateLevel): boolean {
  if (x.kind === 'variable' && y.kind === 'variable') {
    return (
      x.variable !== null &&
      JSON.stringify([x.prefix, x.variable, x.suffix]) === JSON.stringify([y.prefix, y.variable, y.suffix])
    );
  }
  return x.kind === 'literal' && y.kind === 'literal' && x.text === y.text;
}
