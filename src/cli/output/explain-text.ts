import type { Acl } from '../../dynsec/entities.js';
import type { TracedRole, TracedRule } from '../../dynsec/trace.js';
import { escapeControls } from '../../dynsec/escape-controls.js';
import type { Explanation } from '../../gate/explain.js';
import type { Palette } from './palette.js';
import { REASON_TEXTS } from './reason-texts.js';
import { quote } from './visible.js';

/** What is written down of a decision. */
export type ExplainedDecision = Omit<Explanation, 'revision'>;

/** How many rules of one role are written out, the last ones. */
const MAX_RULES = 20;

/** A decision with what was looked at, in lines for people. */
export function explainText(explained: ExplainedDecision, palette: Palette): string {
  const { allowed, reason, trace } = explained;
  const verdict = allowed ? palette.good('ALLOWED') : palette.bad('DENIED');
  return [
    `${verdict} ${describeRequest(explained)}`,
    `because: ${REASON_TEXTS[reason]} ${palette.faint(`(${reason})`)}`,
    ...traceLines(explained, palette),
    ...(trace.length === 0 ? [] : describeDefault(explained, palette)),
    '',
  ].join('\n');
}

const VERBS = {
  publishClientSend: 'publish to',
  publishClientReceive: 'receive',
  subscribe: 'subscribe to',
  unsubscribe: 'unsubscribe from',
} as const;

function describeRequest({ allowed, request }: ExplainedDecision): string {
  const { username, clientid, topic, access } = request;
  const who = username ? quote(username) : 'a client without a user name';
  const id = clientid ? ` with client id ${quote(clientid)}` : '';
  return `${who}${id} ${allowed ? 'may' : 'may not'} ${VERBS[access]} ${quote(topic)}`;
}

/** The roles that were looked at, with their rules, in the order of evaluation. */
export function traceLines({ trace, request }: ExplainedDecision, palette: Palette): readonly string[] {
  return trace.flatMap((role, i) => [
    `  ${i + 1}. ${describeRole(role, request.topic)}: ${describeOutcome(role, palette)}`,
    ...ruleLines(role, palette),
  ]);
}

function describeRole({ rolename, priority, path, groupname, topic }: TracedRole, asked: string): string {
  const holder = {
    client: 'of the client',
    group: `of its group ${quote(groupname ?? '')}`,
    anonymousGroup: `of the anonymous group ${quote(groupname ?? '')}`,
  }[path];
  const about = topic === asked ? '' : `, asked about ${quote(topic)}`;
  return `role ${quote(rolename)} ${holder}, priority ${priority}${about}`;
}

function describeOutcome({ outcome, why }: TracedRole, palette: Palette): string {
  const text = escapeControls(why);
  if (outcome === 'nothing') return palette.faint(text);
  return `${outcome === 'allow' ? palette.good('allow') : palette.bad('deny')}, ${text}`;
}

function ruleLines({ rules, omittedRules }: TracedRole, palette: Palette): readonly string[] {
  const shown = rules.slice(-MAX_RULES);
  const omitted = omittedRules + rules.length - shown.length;
  return [
    ...(omitted > 0 ? [palette.faint(`       ${omitted} more before these`)] : []),
    ...shown.map((rule) => ruleLine(rule, palette)),
  ];
}

function ruleLine(rule: TracedRule, palette: Palette): string {
  const line = `${describeAcl(rule)}: ${escapeControls(rule.why)}`;
  return rule.outcome === 'decided' ? palette.strong(`     > ${line}`) : palette.faint(`       ${line}`);
}

/** A rule, with the topic after substitution where that is another. */
export function describeAcl({
  acltype,
  topic,
  allow,
  priority,
  substituted,
}: Acl & { readonly substituted?: string }) {
  const values = substituted === undefined || substituted === topic ? '' : ` = ${quote(substituted)}`;
  return `${allow ? 'allow' : 'deny'} ${acltype} ${quote(topic)}${values}, priority ${priority}`;
}

function describeDefault(
  { reason, defaultACLAccess, request }: ExplainedDecision,
  palette: Palette,
): string[] {
  const isReached = reason === 'allowed_by_default' || reason === 'no_match' || reason === 'control_topic';
  if (!isReached && reason !== 'unsafe_identity') return [];
  const allowed = defaultACLAccess[request.access];
  return [
    `  then: default access ${request.access}: ${allowed ? palette.good('allow') : palette.bad('deny')}`,
  ];
}
