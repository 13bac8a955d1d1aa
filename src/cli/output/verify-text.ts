import type { DefaultAclAccess } from '../../dynsec/entities.js';
import { escapeControls } from '../../dynsec/escape-controls.js';
import type { RoleAcl } from '../../dynsec/verify/acl-coverage.js';
import type { Verification, VerificationReport } from '../../dynsec/verify/verify.js';
import { describeDecision } from '../../gate/explain.js';
import { ACCESS_WORD_LIST, ACCESS_WORDS } from '../access-words.js';
import type { CaseExpectation } from '../cases/read-cases.js';
import { describeAcl, explainText } from './explain-text.js';
import type { JUnitCase } from './junit.js';
import { createPalette } from './palette.js';
import type { Palette } from './palette.js';
import { quote } from './visible.js';

/** What a report is about. */
export interface VerifyContext {
  /** The file of cases, as it was given. */
  readonly casesPath: string;
  readonly defaultACLAccess: DefaultAclAccess;
}

type CaseVerification = Verification<CaseExpectation>;

/** The report for people: what is not as expected, with the reasons; rules without a case; the sums. */
export function verifyText(
  { verifications, coverage }: VerificationReport<CaseExpectation>,
  context: VerifyContext,
  palette: Palette,
): string {
  const failed = verifications.filter(({ mismatches }) => mismatches.length > 0);
  const passed = verifications.length - failed.length;
  const exercised = coverage.total - coverage.unexercised.length;
  const sums = [
    `${passed} of ${verifications.length} checks as expected`,
    `${exercised} of ${coverage.total} ACLs exercised`,
  ];
  return [
    ...failed.map((one) => failureText(one, context, palette)),
    ...unexercisedLines(coverage.unexercised, palette),
    failed.length > 0 ? palette.bad(sums.join(', ')) : palette.good(sums.join(', ')),
    '',
  ].join('\n');
}

function failureText(verification: CaseVerification, context: VerifyContext, palette: Palette): string {
  const { expectation, mismatches } = verification;
  const title = `${context.casesPath}:${expectation.line}: ${titleOf(expectation)}`;
  return [
    `${palette.bad('FAILED')} ${escapeControls(title)}`,
    ...mismatches.map((mismatch) => `  ${escapeControls(mismatch)}`),
    indent(explanationText(verification, context, palette)),
  ].join('\n');
}

function explanationText(
  { expectation, decision, trace }: CaseVerification,
  { defaultACLAccess }: VerifyContext,
  palette: Palette,
): string {
  const { request } = expectation;
  return explainText({ ...describeDecision(decision), request, trace, defaultACLAccess }, palette);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

/** A check in a few words, the author's first. */
export function titleOf({ name, request, allowed }: CaseExpectation): string {
  const { username, clientid, access, topic } = request;
  const word = ACCESS_WORD_LIST.find((one) => ACCESS_WORDS[one] === access) ?? access;
  const id = clientid === null ? '' : ` (client id \`${clientid}\`)`;
  const check = `\`${username}\`${id} ${word} \`${topic}\`: ${allowed ? 'allow' : 'deny'}`;
  return name === '' ? check : `${name}: ${check}`;
}

/** A rule that no case needed. */
export function describeUnexercised({ rolename, acl }: RoleAcl): string {
  return `role ${quote(rolename)}: ${describeAcl(acl)}`;
}

function unexercisedLines(unexercised: readonly RoleAcl[], palette: Palette): readonly string[] {
  if (unexercised.length === 0) return [];
  const lines = unexercised.map((acl) => `  ${describeUnexercised(acl)}`);
  return [palette.caution('ACLs by which no case was decided:'), ...lines];
}

/** The same for CI systems; with `coverage`, rules without a case are a failure of their own. */
export function verifyCases(
  { verifications, coverage }: VerificationReport<CaseExpectation>,
  context: VerifyContext,
  requireCoverage: boolean,
): readonly JUnitCase[] {
  const file = context.casesPath;
  const cases = verifications.map((one): JUnitCase => {
    const { line } = one.expectation;
    const name = titleOf(one.expectation);
    const message = one.mismatches.join('; ');
    if (message === '') return { name, file, line };
    return {
      name,
      file,
      line,
      failure: { message, text: explanationText(one, context, createPalette(false)) },
    };
  });
  return requireCoverage ? [...cases, coverageCase(coverage.unexercised, file)] : cases;
}

function coverageCase(unexercised: readonly RoleAcl[], file: string): JUnitCase {
  const test = { name: 'every ACL decides a case', file, line: 1 };
  if (unexercised.length === 0) return test;
  const message = `${unexercised.length} ACLs by which no case was decided`;
  return { ...test, failure: { message, text: unexercised.map(describeUnexercised).join('\n') } };
}
