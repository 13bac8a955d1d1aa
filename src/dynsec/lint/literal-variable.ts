import type { TemplateLevel } from '../topic-template.js';
import { parseTextTemplate } from '../topic-template.js';
import { allRules } from './all-rules.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { aclEntity } from './wording.js';

/** What looks like a variable and is text. */
export const literalVariable: LintRule = {
  id: 'literal-variable',
  title: 'x-%c, %U, %{my name}: what looks like a variable and is taken to the letter',
  *check(subject: LintSubject) {
    for (const { role, rule } of allRules(subject)) {
      for (const level of rule.template.levels) {
        const remedy = remedyFor(level);
        if (remedy === undefined) continue;
        yield {
          severity: 'warning',
          entity: aclEntity(role, rule.acl),
          message: `\`${level.text}\` is text to the letter, here and in Mosquitto; ${remedy}`,
        };
      }
    }
  },
};

/** `%count` is a word, `%u_z` and `%u-x` are most likely meant as more. */
const SHORT_VARIABLE = /%([uc])(?![A-Za-z0-9])/g;

/** What to do about a level, or undefined where it is what it seems to be. */
function remedyFor({ kind, text }: TemplateLevel): string | undefined {
  if (!text.includes('%') || kind === 'malformed' || text === '%u' || text === '%c') return undefined;
  if (/^%[UC]$/.test(text)) return `variables are in lower case: \`${text.toLowerCase()}\``;
  const withBraces = text.replace(SHORT_VARIABLE, (_, name) =>
    name === 'u' ? '%{username}' : '%{clientid}',
  );
  if (withBraces !== text) return remedyByBraces(withBraces);
  if (!text.replace(/%\{[A-Za-z][A-Za-z0-9_]*\}/g, '').includes('%{')) return undefined;
  return 'the name of a variable begins with a letter, goes on with letters, digits and `_`, and ends with `}`';
}

function remedyByBraces(text: string): string {
  const level = parseTextTemplate(text);
  return level.kind === 'variable' && level.variable === null
    ? 'a level holds one variable, so give each a level of its own'
    : `a variable within a level is written with braces: \`${text}\``;
}
