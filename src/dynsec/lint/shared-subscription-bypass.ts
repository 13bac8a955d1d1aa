import { decide } from '../decide.js';
import type { Client } from '../entities.js';
import type { Identity } from '../identity.js';
import type { Rule } from '../rule.js';
import { isShared } from '../topic.js';
import type { TopicTemplate } from '../topic-template.js';
import { parseTextTemplate, substituteLevel } from '../topic-template.js';
import type { Holding } from './holders.js';
import type { LintRule } from './lint-rule.js';
import type { LintSubject } from './lint-subject.js';
import { allRules } from './all-rules.js';
import { aclEntity } from './wording.js';

/** Denied subscriptions that are allowed as shared ones. */
export const sharedSubscriptionBypass: LintRule = {
  id: 'shared-subscription-bypass',
  title: 'a subscribe deny that a subscription to $share/group/... goes around',
  *check(subject: LintSubject) {
    if (subject.policy.options.sharedSubscriptions === 'filter') return;
    for (const { role, rule } of allRules(subject)) {
      if (rule.acl.allow || !rule.acl.acltype.startsWith('subscribe') || isShared(rule.acl.topic)) continue;
      const bypass = findBypass(subject, role.role.rolename, rule);
      if (!bypass) continue;
      yield {
        severity: 'error',
        entity: aclEntity(role, rule.acl),
        message:
          `\`${bypass.username}\` may not subscribe to \`${bypass.filter}\`, but to ` +
          `\`$share/any/${bypass.filter}\`, which rules see as it stands; deny publishClientReceive as well, deny ` +
          '`$share/#`, or serve with GATEHOUSE_SHARED_SUBSCRIPTIONS=filter',
      };
    }
  },
};

interface Bypass {
  readonly username: string;
  readonly filter: string;
}

/** In how many ways of coming by the role a bypass is looked for. */
const MAX_HOLDINGS = 8;

function findBypass(subject: LintSubject, rolename: string, rule: Rule): Bypass | undefined {
  for (const holding of subject.holders.holdingsOf(rolename).slice(0, MAX_HOLDINGS)) {
    const bypass = tryBypass(subject, holding, rule);
    if (bypass) return bypass;
  }
  return undefined;
}

function tryBypass({ policy }: LintSubject, { profile, groupname }: Holding, rule: Rule): Bypass | undefined {
  const [client] = profile.clients;
  if (!client) return undefined;
  const { username, attributes } = client;
  const clientid = exampleClientId(client);
  const filter = exampleFilter(rule.template, { username, clientid, group: groupname, attributes });
  if (filter === undefined) return undefined;
  const ask = (topic: string) =>
    decide(policy, { kind: 'client', client }, { access: 'subscribe', topic, clientid });
  if (ask(filter).source?.rule?.acl !== rule.acl || !ask(`$share/any/${filter}`).allowed) return undefined;
  return { username, filter };
}

/** A client id with which a client may connect. */
function exampleClientId({ clientid, clientids, username, attributes }: Client): string {
  if (clientid !== undefined) return clientid;
  const pattern = clientids?.[0];
  if (pattern === undefined) return 'any';
  const level = parseTextTemplate(pattern.replace(/\*$/, ''));
  const identity = { username, clientid: null, group: null, attributes };
  const start = level.kind === 'variable' ? (substituteLevel(level, identity) ?? '') : level.text;
  return pattern.endsWith('*') ? `${start}0` : start;
}

/** A filter without wildcards to which a rule applies, or undefined where a value is missing. */
function exampleFilter({ levels }: TopicTemplate, identity: Identity): string | undefined {
  const texts = levels.map((level) => {
    if (level.kind === 'variable') return substituteLevel(level, identity);
    return level.kind === 'literal' ? level.text : 'any';
  });
  return texts.every((text) => text !== undefined) ? texts.join('/') : undefined;
}
