import { Command } from 'commander';
import { verify } from '../dynsec/verify/verify.js';
import { readCases } from './cases/read-cases.js';
import { CommandError } from './command-error.js';
import type { CommandSurroundings } from './command-surroundings.js';
import { fileProblem } from './file-problem.js';
import { junitReport } from './output/junit.js';
import { createPalette } from './output/palette.js';
import { verifyCases, verifyText } from './output/verify-text.js';

interface VerifyOptions {
  readonly junit?: string;
  readonly requireCoverage?: boolean;
}

/** `gatehouse verify`: holds a policy against a table of expectations. Ends with 2 where one is not met. */
export function createVerifyCommand(surroundings: CommandSurroundings): Command {
  return new Command('verify')
    .description('Hold a dynamic-security.json against a table of who may do what.')
    .argument('<policy>', 'the dynamic-security.json')
    .argument('<cases>', 'the table, in YAML')
    .option('--junit <file>', 'write a report for CI systems as well (JUnit XML)')
    .option('--require-coverage', 'an ACL by which no case is decided is a failure')
    .addHelpText('after', HELP)
    .action((policy: string, cases: string, options: VerifyOptions) =>
      verifyFiles(surroundings, { policy, cases }, options),
    );
}

const HELP = `
A table of cases:

  settings:                      # as for the service; these are the defaults
    allow-anonymous: false
    shared-subscriptions: dynsec
  cases:
    - { who: jane, clientid: j1, what: publish, topic: up/jane/temp, expect: allow, role: jail }
    - { who: [jane, bob], what: [publish, subscribe], topic: ['up/+/temp', '#'], expect: deny }
    - { who: '', what: receive, topic: news, expect: deny, reason: anonymous_not_allowed }

who, what and topic may be lists: every combination is a check. name, clientid, and by what it is to be decided
(role, rule: the topic of the ACL as it stands there, reason) may be left out.

Exit code: 0 all is as expected, 2 something is not, 1 it could not be looked at.`;

async function verifyFiles(
  surroundings: CommandSurroundings,
  paths: { readonly policy: string; readonly cases: string },
  { junit, requireCoverage = false }: VerifyOptions,
): Promise<void> {
  const text = await forFile(paths.cases, surroundings.readText(paths.cases));
  const { options, expectations } = readCases(paths.cases, text);
  const { configuration } = await surroundings.readPolicy(paths.policy);
  const report = verify(configuration, options, expectations);
  const context = { casesPath: paths.cases, defaultACLAccess: configuration.defaultACLAccess };
  surroundings.print(verifyText(report, context, createPalette(surroundings.hasColours)));
  if (junit !== undefined) {
    const xml = junitReport(paths.cases, verifyCases(report, context, requireCoverage));
    await forFile(junit, surroundings.writeText(junit, xml));
  }
  const isMet = report.verifications.every(({ mismatches }) => mismatches.length === 0);
  const isCovered = !requireCoverage || report.coverage.unexercised.length === 0;
  surroundings.answer(isMet && isCovered ? 0 : 2);
}

/** What becomes of a file, or an error that names it. */
async function forFile<Result>(path: string, result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (cause) {
    throw new CommandError('invalid_document', `${path}: ${fileProblem(cause)}`, { cause });
  }
}
