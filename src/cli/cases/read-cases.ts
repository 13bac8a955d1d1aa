import type { PolicyOptions } from '../../dynsec/policy.js';
import type { Expectation } from '../../dynsec/verify/expectation.js';
import { ACCESS_WORDS } from '../access-words.js';
import type { CaseDocument } from './case-schema.js';
import { casesSchema } from './case-schema.js';
import type { CasesProblem } from './cases-error.js';
import { CasesError } from './cases-error.js';
import { describeIssue } from './describe-issue.js';
import { YamlText } from './yaml-text.js';

/** An expectation, and where it stands. */
export interface CaseExpectation extends Expectation {
  /** As the author calls it; empty: not at all. */
  readonly name: string;
  readonly line: number;
}

/** What a file of cases says. */
export interface Cases {
  readonly options: PolicyOptions;
  /** A case with lists is as many expectations as it has combinations. */
  readonly expectations: readonly CaseExpectation[];
}

/**
 * Reads a file of cases.
 * @param path for messages.
 * @throws CasesError with everything that is wrong, each with its line, field and value.
 */
export function readCases(path: string, source: string): Cases {
  const yaml = new YamlText(source);
  if (yaml.problems.length > 0) throw new CasesError(path, yaml.problems);
  const result = casesSchema.safeParse(yaml.value);
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => describeIssue(issue, yaml));
    throw new CasesError(path, problems.sort(byLine));
  }
  const { settings, cases } = result.data;
  return {
    options: {
      allowAnonymous: settings['allow-anonymous'],
      sharedSubscriptions: settings['shared-subscriptions'],
    },
    expectations: cases.flatMap((one, i) => expectationsOf(one, yaml.lineOf(['cases', i]))),
  };
}

function byLine(a: CasesProblem, b: CasesProblem): number {
  return a.line - b.line;
}

function expectationsOf(one: CaseDocument, line: number): readonly CaseExpectation[] {
  const common = { name: one.name ?? '', line, allowed: one.expect === 'allow', by: sourceOf(one) };
  const clientid = one.clientid ?? null;
  return one.who.flatMap((username) =>
    one.what.flatMap((what) =>
      one.topic.map((topic) => ({
        ...common,
        request: { username, clientid, topic, access: ACCESS_WORDS[what] },
      })),
    ),
  );
}

function sourceOf({ role, rule, reason }: CaseDocument): Expectation['by'] {
  return {
    ...(role === undefined ? {} : { rolename: role }),
    ...(rule === undefined ? {} : { rule }),
    ...(reason === undefined ? {} : { reason }),
  };
}
