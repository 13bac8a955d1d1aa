import type { AclType } from '../../dynsec/entities.js';
import { buildConfiguration } from '../build-configuration.js';
import { noteConfiguration, noteMissingPasswords } from '../configuration-notes.js';
import { EVERYTHING, GRANTED_BY_RULES } from '../default-access.js';
import { Findings } from '../findings.js';
import { groupBy } from '../group-by.js';
import type { CommonRules, MigratedClient } from '../installation.js';
import type { MigratedRule, SourceRule } from '../migrated-rule.js';
import { carryRules } from '../migrated-rule.js';
import type { Migration, SourceText } from '../migration.js';
import type { SaltEncoding } from '../password-carrier.js';
import { PasswordCarrier } from '../password-carrier.js';
import { topicProblem } from '../source-problems.js';
import type { TopicPiece } from '../topic-conversion.js';
import { substitutedPieces } from '../topic-conversion.js';
import { dollarRoots, noteDollarTopics, withDollarTopics } from './dollar-topics.js';
import { GeneralRules } from './general-rules.js';
import type { FileAccess, FileRule } from './parse-files.js';
import { parseFileRules, parseFileUsers } from './parse-files.js';

/** The files of mosquitto-go-auth's files backend. */
export interface GoAuthFiles {
  readonly passwordFile?: SourceText;
  readonly aclFile?: SourceText;
  readonly saltEncoding: SaltEncoding;
}

/**
 * Makes a configuration of the files of mosquitto-go-auth's files backend.
 *
 * PARITY: what is denied to a client or to everybody comes first, for every access; then its own grants, then those of
 * everybody. `read` lets subscribe to all but `#`, `readwrite` and `subscribe` to that as well. `%u` and `%c` are
 * variables in rules for everybody, and plain text in those of a user. Unsubscribing is always allowed (go-auth 3.0.0).
 * Narrower on purpose: a `+` covers no `#` of a subscription.
 */
export function migrateGoAuthFiles({ passwordFile, aclFile, saltEncoding }: GoAuthFiles): Migration {
  const findings = new Findings();
  const users = passwordFile && parseFileUsers(passwordFile, findings);
  const rules = aclFile ? parseFileRules(aclFile, users, findings) : [];
  const policy = new FileRules(rules, findings);
  const passwords = new PasswordCarrier(findings, saltEncoding);
  const usernames = [...new Set([...(users?.keys() ?? []), ...rules.flatMap(({ user }) => user ?? [])])];
  const clients = usernames.map((username): MigratedClient => {
    const user = users?.get(username);
    const password = user && passwords.carry(username, user.encoded, user.place);
    return { username, superuser: false, ...policy.rulesOf(username), ...(password ? { password } : {}) };
  });
  const defaultACLAccess = aclFile ? GRANTED_BY_RULES : EVERYTHING;
  const configuration = buildConfiguration({ clients, common: policy.common, defaultACLAccess });
  noteMissingPasswords(
    usernames.filter((username) => !users?.has(username)),
    findings,
  );
  passwords.note();
  policy.note(usernames);
  noteDollarTopics([...policy.common.rules, ...clients.flatMap((client) => client.rules)], findings);
  if (!aclFile) findings.note('', EVERYTHING_IS_ALLOWED);
  noteConfiguration(configuration, findings);
  return { configuration, findings: findings.all };
}

const EVERYTHING_IS_ALLOWED =
  'without an ACL file mosquitto-go-auth allows everything where files is its only backend, and so does this, ' +
  'but for topics that begin with `$CONTROL`';

/** The lines of an ACL file as rules for those whom they concern. */
class FileRules {
  readonly #roots: ReadonlySet<string>;
  readonly #general: GeneralRules;
  /** By user; null: everybody. */
  readonly #rules: ReadonlyMap<string | null, readonly FileRule[]>;
  /** What the rules for everybody add so that `read` is not about the subscription to `#`. */
  readonly #exceptAll: readonly MigratedRule[];
  readonly #isAllGranted: boolean;

  constructor(
    rules: readonly FileRule[],
    private readonly findings: Findings,
  ) {
    this.#rules = groupBy(rules, ({ user }) => user);
    const general = this.#rules.get(null) ?? [];
    this.#roots = dollarRoots(rules.map(({ topic }) => topic));
    this.#general = new GeneralRules(
      sourceRules(general, substitutedPieces, findings),
      this.#roots,
      findings,
    );
    this.#isAllGranted = general.some(grantsSubscriptionToAll);
    this.#exceptAll = this.#exceptSubscriptionToAll(general);
  }

  get common(): CommonRules {
    return this.#withException(this.#general.common);
  }

  rulesOf(username: string): Pick<MigratedClient, 'rules' | 'common'> {
    const own = this.#rules.get(username) ?? [];
    const common = this.#general.commonFor(username);
    const carried = carryRules(
      sourceRules(own, (topic) => [topic], this.findings),
      this.findings,
    );
    const rules = carried.flatMap((rule) => withDollarTopics(rule, this.#roots));
    return {
      rules: [...rules, ...this.#exceptSubscriptionToAll(own)],
      ...(common ? { common: this.#withException(common) } : {}),
    };
  }

  note(usernames: readonly string[]): void {
    this.#general.note(usernames);
  }

  #withException({ denials, rules }: CommonRules): CommonRules {
    return { denials, rules: [...rules, ...this.#exceptAll] };
  }

  /** The denial decides for its role and those after it: so it is there only where none of these grants it. */
  #exceptSubscriptionToAll(rules: readonly FileRule[]): readonly MigratedRule[] {
    const isRead = rules.some(({ access, topic }) => access === 'read' && topic === '#');
    if (!isRead || this.#isAllGranted || rules.some(grantsSubscriptionToAll)) return [];
    return [{ topic: '#', allow: false, acltypes: ['subscribeLiteral'] }];
  }
}

function grantsSubscriptionToAll({ access, topic }: FileRule): boolean {
  return (access === 'readwrite' || access === 'subscribe') && topic === '#';
}

function sourceRules(
  rules: readonly FileRule[],
  piecesOf: (topic: string) => readonly TopicPiece[],
  findings: Findings,
): readonly SourceRule[] {
  return rules.flatMap(({ place, access, topic }): readonly SourceRule[] => {
    const usable = usableTopic(place, access, topic, findings);
    if (usable === undefined) return [];
    return [{ place, pieces: piecesOf(usable), allow: access !== 'deny', acltypes: ACLTYPES[access] }];
  });
}

/**
 * mosquitto-go-auth takes any text for a topic. One with a wildcard inside a level covers nothing; one that goes on
 * after a `#` covers, version by version, nothing or all that the `#` does.
 */
function usableTopic(
  place: string,
  access: FileAccess,
  topic: string,
  findings: Findings,
): string | undefined {
  const problem = topicProblem(topic);
  if (problem === undefined) return topic;
  const upToHash = /^(?:[^#]*\/)?#(?=\/)/.exec(topic)?.[0];
  if (access === 'deny' && upToHash !== undefined && topicProblem(upToHash) === undefined) {
    findings.lost(place, `denied as \`${upToHash}\`, which may deny more: ${problem}`);
    return upToHash;
  }
  findings.lost(place, `${access === 'deny' ? 'not denied' : 'not granted'}: ${problem}`);
  return undefined;
}

const ACLTYPES: Readonly<Record<FileAccess, readonly AclType[]>> = {
  read: ['publishClientReceive', 'subscribePattern'],
  write: ['publishClientSend'],
  readwrite: ['publishClientSend', 'publishClientReceive', 'subscribePattern'],
  subscribe: ['subscribePattern'],
  deny: ['publishClientSend', 'publishClientReceive', 'subscribePattern'],
};
