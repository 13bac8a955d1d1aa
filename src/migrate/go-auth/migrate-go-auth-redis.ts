import { compareNames } from '../../dynsec/compare.js';
import type { AclType } from '../../dynsec/entities.js';
import { buildConfiguration } from '../build-configuration.js';
import { noteConfiguration, noteMissingPasswords } from '../configuration-notes.js';
import { GRANTED_BY_RULES } from '../default-access.js';
import { Findings } from '../findings.js';
import type { MigratedRule, SourceRule } from '../migrated-rule.js';
import { carryRules } from '../migrated-rule.js';
import type { Migration } from '../migration.js';
import type { SaltEncoding } from '../password-carrier.js';
import { PasswordCarrier } from '../password-carrier.js';
import { textProblem, topicProblem } from '../source-problems.js';
import type { TopicPiece } from '../topic-conversion.js';
import { substitutedPieces } from '../topic-conversion.js';
import { dollarRoots, noteDollarTopics, withDollarTopics } from './dollar-topics.js';
import { GeneralRules } from './general-rules.js';
import type { RedisKey, TopicSet } from './redis-keys.js';
import type { TopicsBySet } from './redis-users.js';
import { readRedisUsers } from './redis-users.js';

/** What the keys do not tell. */
export interface GoAuthRedisOptions {
  readonly saltEncoding: SaltEncoding;
  /** False: mosquitto-go-auth ran with `redis_disable_superuser` or `disable_superuser`. */
  readonly superusers: boolean;
}

/**
 * Makes a configuration of the keys of mosquitto-go-auth's Redis backend.
 *
 * PARITY: every set grants, none denies. `racls` is about deliveries, `wacls` about publishing, `rwacls` about both and
 * not about subscribing, for which `sacls` alone is asked. `%u` and `%c` are variables in the common sets and plain
 * text in those of a user. Unsubscribing is always allowed (go-auth 3.0.0 and the fork's 3.5.0).
 */
export function migrateGoAuthRedis(keys: Iterable<RedisKey>, options: GoAuthRedisOptions): Migration {
  const findings = new Findings();
  const { users, common } = readRedisUsers(keys, findings);
  const passwords = new PasswordCarrier(findings, options.saltEncoding);
  const general = new GeneralRules(rulesOf('common', common, substitutedPieces, findings), ROOTS, findings);
  const usernames = [...users.keys()].sort(compareNames);
  const clients = usernames.map((username) => {
    const { hash, isSuperuser = false, topics = new Map() } = users.get(username) ?? {};
    const password = hash === undefined ? undefined : passwords.carry(username, hash, username);
    const ownCommon = general.commonFor(username);
    return {
      username,
      superuser: isSuperuser && options.superusers,
      rules: ownRules(username, topics, findings),
      ...(password ? { password } : {}),
      ...(ownCommon ? { common: ownCommon } : {}),
    };
  });
  const configuration = buildConfiguration({
    clients,
    common: general.common,
    defaultACLAccess: GRANTED_BY_RULES,
  });
  const withoutHash = usernames.filter((username) => users.get(username)?.hash === undefined);
  noteMissingPasswords(withoutHash, findings);
  passwords.note();
  general.note(usernames);
  noteDollarTopics([...general.common.rules, ...clients.flatMap(({ rules }) => rules)], findings);
  noteConfiguration(configuration, findings);
  return { configuration, findings: findings.all };
}

/** No set denies, so that no root is to be kept from a grant. */
const ROOTS = dollarRoots([]);

const ACLTYPES: Readonly<Record<TopicSet, readonly AclType[]>> = {
  racls: ['publishClientReceive'],
  wacls: ['publishClientSend'],
  rwacls: ['publishClientSend', 'publishClientReceive'],
  sacls: ['subscribePattern'],
};

function ownRules(username: string, topics: TopicsBySet, findings: Findings): readonly MigratedRule[] {
  const rules = carryRules(
    rulesOf(username, topics, (topic) => [topic], findings),
    findings,
  );
  return rules.flatMap((rule) => withDollarTopics(rule, ROOTS));
}

function rulesOf(
  owner: string,
  topics: TopicsBySet,
  piecesOf: (topic: string) => readonly TopicPiece[],
  findings: Findings,
): readonly SourceRule[] {
  return [...topics].flatMap(([set, members]) =>
    [...members].sort(compareNames).flatMap((topic): SourceRule[] => {
      const place = `${owner}:${set}`;
      const problem = topicProblem(topic) ?? textProblem(topic);
      if (problem === undefined) {
        return [{ place, pieces: piecesOf(topic), allow: true, acltypes: ACLTYPES[set] }];
      }
      findings.lost(place, `not granted: ${problem}`);
      return [];
    }),
  );
}
