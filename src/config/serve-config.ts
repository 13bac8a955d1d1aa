import type { CostRange, HashRecipe, PasswordHashForm } from '../credentials/hash-recipe.js';
import type { SharedSubscriptions } from '../dynsec/policy.js';
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
  /** Absent: one for each core. */
  readonly hashThreads?: number;
  readonly hashDeadlineMs: number;
  readonly logLevel: LogLevel;
  /** Absent: plain HTTP. */
  readonly tls?: TlsFiles;
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
  const { passwordHash: form, hashThreads } = values;
  const tls = tlsFiles(values);
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
    ...(hashThreads === undefined ? {} : { hashThreads }),
    hashDeadlineMs: values.hashDeadline,
    logLevel: values.logLevel,
    ...(tls ? { tls } : {}),
  });
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
