import type { CostRange, HashRecipe, PasswordHashForm } from '../credentials/hash-recipe.js';
import type { SharedSubscriptions } from '../dynsec/policy.js';
import type { RedisAddress } from '../store/redis/redis-address.js';
import type { LogLevel } from '../telemetry/log.js';
import type { ListenAddress } from './listen-address.js';
import type { SettingValues } from './settings.js';

/** What the service is started with. Nothing in it changes. */
export interface ServeConfig {
  readonly listen: ListenAddress;
  readonly dynsecFile: string;
  /** SECURITY: secrets. */
  readonly adminTokens: readonly string[];
  /** SECURITY: secrets. Empty: checks carry none, and only this machine reaches the service. */
  readonly checkTokens: readonly string[];
  readonly brokers: readonly string[];
  /** In lower case; the name to listen on is among them. */
  readonly hosts: readonly string[];
  readonly allowAnonymous: boolean;
  readonly sharedSubscriptions: SharedSubscriptions;
  readonly passwordHash: HashRecipe;
  /** How many processes serve; absent: one for each core. */
  readonly workers?: number;
  /** Absent: one for each core. */
  readonly hashThreads?: number;
  readonly hashDeadlineMs: number;
  /** How many comparisons of passwords may fail in a minute; 0: any number. */
  readonly hashBudget: number;
  readonly hashBudgetUsername: number;
  /** For how long a verified login is remembered; 0: not at all. */
  readonly credentialTtlMs: number;
  readonly credentialsHeld: number;
  /** SECURITY: secrets. The first writes, all read; empty: nothing is remembered outside this process. */
  readonly credentialKeys: readonly string[];
  /** Whether weak hashes are replaced after a login. */
  readonly rehash: boolean;
  /** How many decisions are remembered; 0: none. */
  readonly decisionCache: number;
  readonly shedLoginsLagMs: number;
  /** Not below `shedLoginsLagMs`. */
  readonly shedChecksLagMs: number;
  /** Absent: as many as can be computed before the deadline. */
  readonly shedHashQueue?: number;
  /** How many logins in a second are a storm. */
  readonly stormLogins: number;
  readonly logLevel: LogLevel;
  /** Absent: plain HTTP. */
  readonly tls?: TlsFiles;
  /** Absent: `dynsecFile` is served. */
  readonly redis?: RedisConfig;
}

/** The Redis that is served from. */
export interface RedisConfig {
  /** SECURITY: may hold passwords. */
  readonly address: RedisAddress;
  /** What is absent: as the system has it. */
  readonly tls: RedisTlsFiles;
  readonly realm: string;
  /** How many replicas have to have a change before it is answered. */
  readonly waitReplicas: number;
  readonly maxStalenessMs: number;
  /** Absent: all. */
  readonly clientsHeld?: number;
}

/** PEM files, found readable; certificate and key together or neither. */
export interface RedisTlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** PEM files, found readable. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Present: callers show a certificate that is signed by one of these. */
  readonly clientCaFile?: string;
}

/** What each form of password hash may cost. */
export type PasswordHashCosts = Readonly<Record<PasswordHashForm, CostRange>>;

/** Puts together what settings mean that are valid, each by itself and together. */
export function createServeConfig(values: SettingValues, costs: PasswordHashCosts): ServeConfig {
  const { passwordHash: form, workers, hashThreads } = values;
  const tls = tlsFiles(values);
  const redis = redisConfig(values);
  return deepFreeze({
    listen: values.listen,
    dynsecFile: values.dynsecFile,
    adminTokens: values.adminToken ?? [],
    checkTokens: values.checkToken ?? [],
    brokers: values.brokers,
    hosts: [...values.hosts, values.listen.host.toLowerCase()],
    allowAnonymous: values.allowAnonymous,
    sharedSubscriptions: values.sharedSubscriptions,
    passwordHash: { form, cost: values.passwordHashCost ?? costs[form].default },
    ...(workers === undefined ? {} : { workers }),
    ...(hashThreads === undefined ? {} : { hashThreads }),
    hashDeadlineMs: values.hashDeadline,
    hashBudget: values.hashBudget,
    hashBudgetUsername: values.hashBudgetUsername,
    credentialTtlMs: values.credentialTtl,
    credentialsHeld: values.credentialsHeld,
    credentialKeys: values.credentialKey ?? [],
    rehash: values.rehash,
    decisionCache: values.decisionCache,
    shedLoginsLagMs: values.shedLoginsLag,
    shedChecksLagMs: values.shedChecksLag,
    ...(values.shedHashQueue === undefined ? {} : { shedHashQueue: values.shedHashQueue }),
    stormLogins: values.stormLogins,
    logLevel: values.logLevel,
    ...(tls ? { tls } : {}),
    ...(redis ? { redis } : {}),
  });
}

function redisConfig(values: SettingValues): RedisConfig | undefined {
  const { redisUrl: address, redisCa, redisCert, redisKey, clientsHeld } = values;
  if (!address) return undefined;
  return {
    address,
    tls: {
      ...(redisCa === undefined ? {} : { caFile: redisCa }),
      ...(redisCert === undefined ? {} : { certFile: redisCert }),
      ...(redisKey === undefined ? {} : { keyFile: redisKey }),
    },
    realm: values.realm,
    waitReplicas: values.redisWait,
    maxStalenessMs: values.maxStaleness,
    ...(clientsHeld === undefined ? {} : { clientsHeld }),
  };
}

function tlsFiles({ tlsCert, tlsKey, tlsClientCa }: SettingValues): TlsFiles | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const files = { certFile: tlsCert, keyFile: tlsKey };
  return tlsClientCa === undefined ? files : { ...files, clientCaFile: tlsClientCa };
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member as object);
  }
  return Object.freeze(value);
}
