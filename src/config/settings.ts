import type { z } from 'zod';
import type { PasswordHashForm } from '../credentials/hash-recipe.js';
import type { SharedSubscriptions } from '../dynsec/policy.js';
import type { LogLevel } from '../telemetry/log.js';
import * as value from './value-schemas.js';

/** One setting of the process. */
export interface Setting {
  /** The name of the environment variable; the flag is called the same, `--dynsec-file` for GATEHOUSE_DYNSEC_FILE. */
  readonly env: string;
  /** One sentence for `--help` and the documentation. */
  readonly help: string;
  /** What is taken where nothing is given, as it would be written. Without it the setting is absent then. */
  readonly default?: string;
  /** Only by environment: there, or in a file that `<env>_FILE` names. */
  readonly isSecret?: boolean;
  /** From what is written to what it means. */
  readonly schema: z.ZodType<unknown, string | undefined>;
}

const FORMS = ['pbkdf2-sha512', 'bcrypt', 'argon2id'] as const satisfies readonly PasswordHashForm[];
const SHARED = ['dynsec', 'filter'] as const satisfies readonly SharedSubscriptions[];
const LEVELS = [
  'fatal',
  'error',
  'warn',
  'info',
  'debug',
  'trace',
  'silent',
] as const satisfies readonly LogLevel[];

/**
 * Every setting there is. `--help`, the documentation and the validation come from here; the key is the name under
 * which commander keeps the flag.
 */
export const SETTINGS = {
  listen: {
    env: 'GATEHOUSE_LISTEN',
    help: 'Where to listen, as host:port; port 0 is any free one.',
    default: '127.0.0.1:8790',
    schema: value.listenAddress,
  },
  dynsecFile: {
    env: 'GATEHOUSE_DYNSEC_FILE',
    help: 'The dynamic-security.json to serve from; created where there is none.',
    default: './dynamic-security.json',
    schema: value.path,
  },
  adminToken: {
    env: 'GATEHOUSE_ADMIN_TOKEN',
    help: 'Tokens, any of which opens /v1 and /metrics; without one only dynsec administrators get in.',
    isSecret: true,
    schema: value.secrets.optional(),
  },
  checkToken: {
    env: 'GATEHOUSE_CHECK_TOKEN',
    help: 'Tokens, one of which every check has to carry; needed on any address but loopback.',
    isSecret: true,
    schema: value.secrets.optional(),
  },
  brokers: {
    env: 'GATEHOUSE_BROKERS',
    help: 'The names that checks may give in ?broker=, a list.',
    default: '',
    schema: value.brokerNames,
  },
  hosts: {
    env: 'GATEHOUSE_HOSTS',
    help: 'Host names under which /v1 may be addressed, a list; localhost and IP addresses may always.',
    default: '',
    schema: value.hostNames,
  },
  allowAnonymous: {
    env: 'GATEHOUSE_ALLOW_ANONYMOUS',
    help: 'Whether a check without user name is decided by the anonymous group and the default access.',
    default: 'false',
    schema: value.flag,
  },
  sharedSubscriptions: {
    env: 'GATEHOUSE_SHARED_SUBSCRIPTIONS',
    help: 'How $share/group/filter is decided: dynsec (as it stands) or filter (by the filter inside too).',
    default: 'dynsec',
    schema: value.oneOf(...SHARED),
  },
  passwordHash: {
    env: 'GATEHOUSE_PASSWORD_HASH',
    help: 'How new passwords are hashed: pbkdf2-sha512 (which Mosquitto reads too), bcrypt or argon2id.',
    default: 'pbkdf2-sha512',
    schema: value.oneOf(...FORMS),
  },
  passwordHashCost: {
    env: 'GATEHOUSE_PASSWORD_HASH_COST',
    help: 'How costly that is: iterations of pbkdf2-sha512, power of two of bcrypt, passes of argon2id.',
    schema: value.integer.optional(),
  },
  hashThreads: {
    env: 'GATEHOUSE_HASH_THREADS',
    help: 'How many threads hash passwords; auto is one for each core, shared by all workers.',
    default: 'auto',
    schema: value.integerOrAuto(1, 256),
  },
  hashDeadline: {
    env: 'GATEHOUSE_HASH_DEADLINE',
    help: 'For how many seconds a check may wait for a password hash before it is undecided.',
    default: '2',
    schema: value.seconds(0.1, 60),
  },
  hashBudget: {
    env: 'GATEHOUSE_HASH_BUDGET',
    help: 'How many comparisons of passwords may fail in a minute before logins that need one are answered 503; 0: any.',
    default: '1200',
    schema: value.integerFrom(0, 1_000_000),
  },
  hashBudgetUsername: {
    env: 'GATEHOUSE_HASH_BUDGET_USERNAME',
    help: 'The same for each user name.',
    default: '10',
    schema: value.integerFrom(0, 1_000_000),
  },
  credentialTtl: {
    env: 'GATEHOUSE_CREDENTIAL_TTL',
    help: 'For how long a verified login is remembered: seconds, or a number with s, m, h or d; 0: not at all.',
    default: '7d',
    schema: value.durationOrNone(1, 31_536_000),
  },
  credentialsHeld: {
    env: 'GATEHOUSE_CREDENTIALS_HELD',
    help: 'How many verified logins are remembered in memory, in about 200 bytes each.',
    default: '250000',
    schema: value.integerFrom(1, 10_000_000),
  },
  credentialKey: {
    env: 'GATEHOUSE_CREDENTIAL_KEY',
    help: 'Keys under which verified logins are remembered in Redis too, by all instances: the first writes, all read.',
    isSecret: true,
    schema: value.secrets.optional(),
  },
  rehash: {
    env: 'GATEHOUSE_REHASH',
    help: 'Whether a weak password hash is replaced by one as configured after a login, when there is time.',
    default: 'false',
    schema: value.flag,
  },
  decisionCache: {
    env: 'GATEHOUSE_DECISION_CACHE',
    help: 'How many decisions of ACL checks are remembered, in about a kilobyte each; 0 is none.',
    default: '0',
    schema: value.integerFrom(0, 1_000_000),
  },
  shedLoginsLag: {
    env: 'GATEHOUSE_SHED_LOGINS_LAG',
    help: 'From how many seconds of event loop lag on new logins are answered 503.',
    default: '0.5',
    schema: value.seconds(0.01, 60),
  },
  shedChecksLag: {
    env: 'GATEHOUSE_SHED_CHECKS_LAG',
    help: 'From how many seconds of event loop lag on every check is answered 503.',
    default: '3',
    schema: value.seconds(0.01, 60),
  },
  shedHashQueue: {
    env: 'GATEHOUSE_SHED_HASH_QUEUE',
    help: 'From how many waiting hashes on logins that need one are answered 503; auto is what the deadline allows.',
    default: 'auto',
    schema: value.integerOr('auto', 1, 1_000),
  },
  stormLogins: {
    env: 'GATEHOUSE_STORM_LOGINS',
    help: 'How many logins in a second are a reconnect storm, for log and metrics.',
    default: '20',
    schema: value.integerFrom(1, 1_000_000),
  },
  logLevel: {
    env: 'GATEHOUSE_LOG_LEVEL',
    help: 'The least grave that is logged.',
    default: 'info',
    schema: value.oneOf(...LEVELS),
  },
  tlsCert: {
    env: 'GATEHOUSE_TLS_CERT',
    help: 'The certificate for HTTPS, a PEM file.',
    schema: value.path.optional(),
  },
  tlsKey: {
    env: 'GATEHOUSE_TLS_KEY',
    help: 'The key of the certificate, a PEM file.',
    schema: value.path.optional(),
  },
  tlsClientCa: {
    env: 'GATEHOUSE_TLS_CLIENT_CA',
    help: 'Who signs the certificates that callers then have to show, a PEM file.',
    schema: value.path.optional(),
  },
  redisUrl: {
    env: 'GATEHOUSE_REDIS_URL',
    help: 'The Redis to serve from, in place of the file: redis://, redis+sentinel:// or redis+cluster://.',
    isSecret: true,
    schema: value.redisAddress.optional(),
  },
  redisCa: {
    env: 'GATEHOUSE_REDIS_CA',
    help: 'Who signs the certificates of Redis, a PEM file; whom the system trusts where it is absent.',
    schema: value.path.optional(),
  },
  redisCert: {
    env: 'GATEHOUSE_REDIS_CERT',
    help: 'The certificate to show to Redis, a PEM file.',
    schema: value.path.optional(),
  },
  redisKey: {
    env: 'GATEHOUSE_REDIS_KEY',
    help: 'The key of that certificate, a PEM file.',
    schema: value.path.optional(),
  },
  workers: {
    env: 'GATEHOUSE_WORKERS',
    help: 'How many processes serve on the one address; auto is one for each core. More than 1 need Redis.',
    default: '1',
    schema: value.integerOrAuto(1, 256),
  },
  realm: {
    env: 'GATEHOUSE_REALM',
    help: 'The realm to serve: the name under which its keys are in Redis.',
    default: 'default',
    schema: value.realmName,
  },
  redisWait: {
    env: 'GATEHOUSE_REDIS_WAIT',
    help: 'How many replicas have to have a change before it is answered.',
    default: '0',
    schema: value.integerFrom(0, 100),
  },
  maxStaleness: {
    env: 'GATEHOUSE_MAX_STALENESS',
    help: 'For how many seconds decisions go on from memory while Redis does not answer.',
    default: '300',
    schema: value.seconds(1, 86_400),
  },
  clientsHeld: {
    env: 'GATEHOUSE_CLIENTS_HELD',
    help: 'How many clients are held in memory: all, or the least recently used beyond a number leave.',
    default: 'all',
    schema: value.integerOr('all', 1, 100_000_000),
  },
} as const satisfies Record<string, Setting>;

/** The name of a setting in the program. */
export type SettingName = keyof typeof SETTINGS;

/** What all settings mean. */
export type SettingValues = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> };

/** A setting as people are told of it. */
export interface SettingRow {
  /** The name under which commander keeps the flag, and `loadConfig` takes it. */
  readonly name: SettingName;
  readonly env: string;
  /** With its two dashes. */
  readonly flag: string;
  readonly isSecret: boolean;
  readonly help: string;
  /** As it would be written; undefined where there is none. */
  readonly default: string | undefined;
}

/** Every setting, in the order in which people are told of them. */
export function settingsTable(): readonly SettingRow[] {
  return SETTING_NAMES.map((name) => {
    const { env, help, default: ifAbsent, isSecret = false }: Setting = SETTINGS[name];
    return { name, env, flag: flagOf(name), isSecret, help, default: ifAbsent };
  });
}

/** The keys of {@link SETTINGS}. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** The flag of a setting: `--tls-client-ca`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
