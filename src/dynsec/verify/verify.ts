import { decide } from '../decide.js';
import type { Decision } from '../decision.js';
import type { Configuration } from '../entities.js';
import type { Policy, PolicyOptions } from '../policy.js';
import { compilePolicy } from '../policy.js';
import { subjectOf } from '../subject.js';
import type { TracedRole } from '../trace.js';
import { Trace } from '../trace.js';
import type { AclCoverage } from './acl-coverage.js';
import { CoverageRecord } from './acl-coverage.js';
import type { Expectation } from './expectation.js';

/** What came of one expectation. */
export interface Verification<Expected extends Expectation = Expectation> {
  readonly expectation: Expected;
  readonly decision: Decision;
  /** What is not as expected, in words; empty: all of it is. */
  readonly mismatches: readonly string[];
  /** What was looked at, where something is not as expected. */
  readonly trace: readonly TracedRole[];
}

/** What came of all of them. */
export interface VerificationReport<Expected extends Expectation = Expectation> {
  /** In the order of the expectations. */
  readonly verifications: readonly Verification<Expected>[];
  readonly coverage: AclCoverage;
}

/** Holds a policy against what is expected of it, by the same code that decides checks. */
export function verify<Expected extends Expectation>(
  configuration: Configuration,
  options: PolicyOptions,
  expectations: readonly Expected[],
): VerificationReport<Expected> {
  const policy = compilePolicy(configuration, options);
  const record = new CoverageRecord();
  const verifications = expectations.map((expectation) => {
    const verification = verifyOne(configuration, policy, expectation);
    record.note(verification.decision);
    return verification;
  });
  return { verifications, coverage: record.coverageOf(configuration) };
}

function verifyOne<Expected extends Expectation>(
  configuration: Configuration,
  policy: Policy,
  expectation: Expected,
): Verification<Expected> {
  const { username, access, topic, clientid } = expectation.request;
  const subject = subjectOf(username, (name) => configuration.clients.get(name));
  const request = { access, topic, clientid: clientid === '' ? null : clientid };
  const decision = decide(policy, subject, request);
  const mismatches = findMismatches(expectation, decision);
  if (mismatches.length === 0) return { expectation, decision, mismatches, trace: [] };
  const trace = new Trace(access);
  decide(policy, subject, request, trace);
  return { expectation, decision, mismatches, trace: trace.roles };
}

function findMismatches(
  { allowed, by }: Expectation,
  { allowed: isAllowed, reason, source }: Decision,
): string[] {
  const found = [
    isAllowed === allowed ? '' : `expected ${verdict(allowed)}, got ${verdict(isAllowed)}`,
    compare('reason', by.reason, reason),
    compare('role', by.rolename, source?.role.rolename),
    compare('rule', by.rule, source?.rule?.acl.topic),
  ];
  return found.filter((text) => text !== '');
}

function verdict(allowed: boolean): string {
  return allowed ? 'allow' : 'deny';
}

function compare(what: string, expected: string | undefined, got: string | undefined): string {
  if (expected === undefined || expected === got) return '';
  return `expected ${what} \`${expected}\`, got ${got === undefined ? 'none' : `\`${got}\``}`;
}
