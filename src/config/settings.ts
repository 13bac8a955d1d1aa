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
    help: 'How many threads hash passwords; auto is one for each core.',
    default: 'auto',
    schema: value.integerOrAuto(1, 256),
  },
  hashDeadline: {
    env: 'GATEHOUSE_HASH_DEADLINE',
    help: 'For how many seconds a check may wait for a password hash before it is undecided.',
    default: '2',
    schema: value.seconds(0.1, 60),
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
