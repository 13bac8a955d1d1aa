import { Command } from 'commander';
import type { LintFinding } from '../dynsec/lint/lint-finding.js';
import { lint, LINT_RULES } from '../dynsec/lint/lint.js';
import { CommandError } from './command-error.js';
import type { CommandSurroundings } from './command-surroundings.js';
import { lintText } from './output/lint-text.js';
import { createPalette } from './output/palette.js';
import { visibleJson } from './output/visible.js';
import { policyFlags, sharedSubscriptionsOption } from './policy-options.js';

interface LintOptions {
  readonly json?: true;
  readonly strict?: true;
  readonly ignore?: string;
  readonly sharedSubscriptions?: string;
}

/** `gatehouse lint`: looks for mistakes in a policy. Ends with 2 where it finds errors. */
export function createLintCommand(surroundings: CommandSurroundings): Command {
  return new Command('lint')
    .description('Look for mistakes in a dynamic-security.json.')
    .argument('<policy>', 'the dynamic-security.json')
    .option('--strict', 'warnings count as errors do')
    .option('--ignore <ids>', 'kinds of findings that are not wanted, with commas between them')
    .addOption(sharedSubscriptionsOption())
    .option('--json', 'print JSON')
    .addHelpText('after', () => `\n${describeRules()}\n\n${EXIT_CODES}`)
    .action((policy: string, options: LintOptions) => lintFile(surroundings, policy, options));
}

const EXIT_CODES =
  'Exit code: 0 no errors, 2 errors (with --strict warnings too), 1 it could not be looked at.';

function describeRules(): string {
  const width = Math.max(...LINT_RULES.map(({ id }) => id.length));
  const lines = LINT_RULES.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`);
  return `What is looked for:\n${lines.join('\n')}`;
}

async function lintFile(
  surroundings: CommandSurroundings,
  path: string,
  options: LintOptions,
): Promise<void> {
  const ignored = parseIgnored(options.ignore ?? '');
  const settings = surroundings.policySettings(policyFlags(options));
  const { configuration, warnings } = await surroundings.readPolicy(path);
  const findings = lint({ configuration, findings: warnings, options: settings }, ignored);
  const palette = createPalette(surroundings.hasColours);
  surroundings.print(options.json ? visibleJson(summary(findings)) : lintText(path, findings, palette));
  surroundings.answer(findings.some(({ severity }) => options.strict ?? severity === 'error') ? 2 : 0);
}

function parseIgnored(text: string): ReadonlySet<string> {
  const ids = text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  for (const id of ids) {
    if (!LINT_RULES.some((rule) => rule.id === id)) {
      throw new CommandError('invalid_request', `--ignore: there is no kind of finding called \`${id}\``);
    }
  }
  return new Set(ids);
}

function summary(findings: readonly LintFinding[]) {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors, findings };
}
