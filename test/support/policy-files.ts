/** A dynamic-security.json and a table of cases, looked at as `gatehouse verify` and `gatehouse lint` do. */
import { readFile } from 'node:fs/promises';
import { readCases } from '../../src/cli/cases/read-cases.js';
import { describeUnexercised, titleOf } from '../../src/cli/output/verify-text.js';
import type { LintFinding } from '../../src/dynsec/lint/lint-finding.js';
import { lint } from '../../src/dynsec/lint/lint.js';
import type { PolicyOptions } from '../../src/dynsec/policy.js';
import { verify } from '../../src/dynsec/verify/verify.js';
import { readConfiguration } from '../../src/store/file/read-configuration.js';

/** What came of a table of cases, in words. */
export interface VerifiedPolicy {
  readonly checks: number;
  /** What is not as expected. */
  readonly failures: readonly string[];
  /** Rules by which no case was decided. */
  readonly unexercised: readonly string[];
  /** Of the policy, not of the cases. */
  readonly findings: readonly LintFinding[];
}

/** Holds a policy against a table of cases. @param changed settings other than those of the table. */
export async function verifyPolicy(
  policyPath: string,
  casesPath: string,
  changed: Partial<PolicyOptions> = {},
): Promise<VerifiedPolicy> {
  const { configuration, warnings } = await readConfiguration(policyPath);
  const { options: settings, expectations } = readCases(casesPath, await readFile(casesPath, 'utf8'));
  const options = { ...settings, ...changed };
  const { verifications, coverage } = verify(configuration, options, expectations);
  return {
    checks: verifications.length,
    failures: verifications.flatMap(({ expectation, mismatches }) =>
      mismatches.map((mismatch) => `${titleOf(expectation)}: ${mismatch}`),
    ),
    unexercised: coverage.unexercised.map(describeUnexercised),
    findings: lint({ configuration, findings: warnings, options }),
  };
}
