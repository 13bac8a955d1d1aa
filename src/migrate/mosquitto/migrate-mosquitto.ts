import type { AclType, StoredPassword } from '../../dynsec/entities.js';
import { buildConfiguration } from '../build-configuration.js';
import { noteConfiguration, noteMissingPasswords } from '../configuration-notes.js';
import { CHECKED_ON_DELIVERY, EVERYTHING } from '../default-access.js';
import { Findings } from '../findings.js';
import { groupBy } from '../group-by.js';
import type { CommonRules, MigratedClient } from '../installation.js';
import type { MigratedRule } from '../migrated-rule.js';
import { carryRules } from '../migrated-rule.js';
import type { Migration, SourceText } from '../migration.js';
import { PasswordCarrier } from '../password-carrier.js';
import type { TopicPiece } from '../topic-conversion.js';
import { holdsUsername, putUsername, substitutedPieces } from '../topic-conversion.js';
import { holdsWildcard, isPlainUsername } from '../username.js';
import type { AclFileAccess, AclFileRule } from './parse-acl-file.js';
import { parseAclFile } from './parse-acl-file.js';
import { parsePasswordFile } from './parse-password-file.js';

/** The files of a Mosquitto without plugins, as its mosquitto.conf names them. */
export interface MosquittoFiles {
  readonly passwordFile?: SourceText;
  readonly aclFile?: SourceText;
}

/**
 * Makes a configuration of a `password_file` and an `acl_file`.
 *
 * PARITY: as Mosquitto 2.0.11 decides by them. A client's own lines come first, then the patterns; in both, denials
 * come before grants; who has a wildcard in its user name is beyond the patterns; what no line grants is denied.
 * Subscribing and unsubscribing is allowed to everybody: each delivery is checked instead.
 */
export function migrateMosquitto(files: MosquittoFiles): Migration {
  const findings = new Findings();
  const passwords = readPasswords(files.passwordFile, findings);
  const rules = new AclFileRules(files.aclFile ? parseAclFile(files.aclFile, findings) : [], findings);
  const usernames = [...new Set([...passwords.keys(), ...rules.usernames])];
  const clients = usernames.map((username) => rules.client(username, passwords.get(username)));
  const configuration = buildConfiguration({
    clients,
    common: rules.common,
    anonymous: rules.anonymous,
    defaultACLAccess: files.aclFile ? CHECKED_ON_DELIVERY : EVERYTHING,
  });
  noteMissingPasswords(
    usernames.filter((username) => !passwords.has(username)),
    findings,
  );
  findings.note('', files.aclFile ? SUBSCRIBING_IS_ALLOWED : EVERYTHING_IS_ALLOWED);
  rules.note();
  noteConfiguration(configuration, findings);
  return { configuration, findings: findings.all };
}

const SUBSCRIBING_IS_ALLOWED =
  'Mosquitto lets everybody subscribe to anything and checks each delivery, and so does this: ' +
  'once no client subscribes to more than it may read, set the default access of subscribe to false';

const EVERYTHING_IS_ALLOWED =
  'without an ACL file Mosquitto allows everything to whoever is let in, and so does this, but for topics that begin with `$CONTROL`';

/** The users of a password file; those whose hash cannot be carried over are there without one. */
function readPasswords(
  file: SourceText | undefined,
  findings: Findings,
): ReadonlyMap<string, StoredPassword | undefined> {
  if (!file) return new Map();
  const carrier = new PasswordCarrier(findings);
  const entries = [...parsePasswordFile(file, findings).values()];
  const passwords = entries.map(({ username, encoded, place }): [string, StoredPassword | undefined] => [
    username,
    carrier.carry(username, encoded, place),
  ]);
  carrier.note();
  return new Map(passwords);
}

/** The lines of an ACL file as rules for those whom they concern. */
class AclFileRules {
  readonly #patterns: readonly AclFileRule[];
  /** By user; null: clients without a user name. */
  readonly #topics: ReadonlyMap<string | null, readonly AclFileRule[]>;
  readonly common: CommonRules;

  constructor(
    rules: readonly AclFileRule[],
    private readonly findings: Findings,
  ) {
    this.#patterns = rules.filter(({ kind }) => kind === 'pattern');
    const topics = rules.filter(({ kind }) => kind === 'topic');
    this.#topics = groupBy(topics, ({ user }) => user);
    this.common = { denials: [], rules: this.#carry(this.#patterns, substituted) };
  }

  get usernames(): readonly string[] {
    return [...this.#topics.keys()].filter((user) => user !== null);
  }

  get anonymous(): { readonly rules: readonly MigratedRule[]; readonly common: readonly MigratedRule[] } {
    const withoutUsername = this.#patterns.filter((rule) => !holdsUsername(substituted(rule)));
    return { rules: this.#own(null), common: this.#carry(withoutUsername, substituted) };
  }

  client(username: string, password: StoredPassword | undefined): MigratedClient {
    const common = this.#commonFor(username);
    return {
      username,
      superuser: false,
      rules: this.#own(username),
      ...(password ? { password } : {}),
      ...(common ? { common: { denials: [], rules: common } } : {}),
    };
  }

  note(): void {
    const first = this.#topics.get(null)?.[0];
    if (first) this.findings.note(first.place, BEFORE_ANY_USER);
    const [pattern] = this.#patterns;
    if (pattern) this.findings.note(pattern.place, ODD_CLIENT_IDS);
    const partial = this.#patterns.find(({ topic }) => /[^/]%[uc]|%[uc][^/]/.test(topic));
    if (partial) this.findings.note(partial.place, PARTS_OF_LEVELS);
  }

  #own(user: string | null): readonly MigratedRule[] {
    return this.#carry(this.#topics.get(user) ?? [], literal);
  }

  /** The patterns for a user name for which `%u` does not stand exactly, or undefined where the common ones do. */
  #commonFor(username: string): readonly MigratedRule[] | undefined {
    if (holdsWildcard(username)) return [];
    if (isPlainUsername(username)) return undefined;
    if (!this.#patterns.some((rule) => holdsUsername(substituted(rule)))) return undefined;
    return this.#carry(this.#patterns, (rule) => putUsername(substituted(rule), username));
  }

  #carry(
    rules: readonly AclFileRule[],
    piecesOf: (rule: AclFileRule) => readonly TopicPiece[],
  ): readonly MigratedRule[] {
    const sources = rules.map((rule) => ({
      place: rule.place,
      pieces: piecesOf(rule),
      allow: rule.access !== 'deny',
      acltypes: ACLTYPES[rule.access],
    }));
    return carryRules(sources, this.findings);
  }
}

const BEFORE_ANY_USER =
  'topics before the first user line are for clients without a user name alone, in Mosquitto and here ' +
  '(group `anonymous`, served where GATEHOUSE_ALLOW_ANONYMOUS is on)';

const ODD_CLIENT_IDS =
  'patterns and odd client ids: one with a wildcard is denied all patterns in Mosquitto, and here those with `%c`; ' +
  'one with a slash reached over several levels in Mosquitto 2.0, and fits no `%c` here nor in 2.1';

const PARTS_OF_LEVELS =
  'a variable in a part of a level is carried over as Mosquitto 2.0 reads it; 2.1 takes it for plain text';

function literal({ topic }: AclFileRule): readonly TopicPiece[] {
  return [topic];
}

function substituted({ topic }: AclFileRule): readonly TopicPiece[] {
  return substitutedPieces(topic);
}

/** PARITY: a denial is about publishing and each delivery alike; no line is about subscribing (2.0.11). */
const ACLTYPES: Readonly<Record<AclFileAccess, readonly AclType[]>> = {
  read: ['publishClientReceive', 'subscribePattern'],
  write: ['publishClientSend'],
  readwrite: ['publishClientSend', 'publishClientReceive', 'subscribePattern'],
  deny: ['publishClientSend', 'publishClientReceive'],
};
