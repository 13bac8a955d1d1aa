import { ConfigurationError } from './configuration-error.js';
import type { Reading, SettingSources } from './read-setting.js';
import { readSetting } from './read-setting.js';
import type { PasswordHashCosts, ServeConfig } from './serve-config.js';
import { createServeConfig } from './serve-config.js';
import type { Readings } from './setting-rules.js';
import { brokenRules } from './setting-rules.js';
import type { SettingName, SettingValues } from './settings.js';
import { SETTING_NAMES } from './settings.js';
import { unknownFlags, unknownVariables } from './unknown-names.js';

/** Where the configuration comes from, and what it is measured by. */
export interface ConfigSources extends SettingSources {
  readonly passwordHashCosts: PasswordHashCosts;
}

/**
 * What the service is to be started with, by environment and flags.
 * @throws ConfigurationError that holds everything that is wrong, and nothing else.
 */
export function loadConfig({ env, flags, passwordHashCosts }: ConfigSources): ServeConfig {
  const readings = forEachSetting((name) => readSetting(name, { env, flags })) as Readings;
  const problems = [
    ...unknownFlags(flags),
    ...unknownVariables(env),
    ...Object.values<Reading<unknown>>(readings).flatMap((reading) => problemsOf(reading)),
    ...brokenRules(readings, passwordHashCosts),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  // INVARIANT: none is invalid, or there would be a problem; what is absent is undefined.
  const values = forEachSetting((name) => valueOf(readings[name])) as SettingValues;
  return createServeConfig(values, passwordHashCosts);
}

function forEachSetting<Result>(read: (name: SettingName) => Result): Record<string, Result> {
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, read(name)]));
}

function problemsOf(reading: Reading<unknown>) {
  return reading.state === 'invalid' ? reading.problems : [];
}

function valueOf(reading: Reading<unknown>): unknown {
  return reading.state === 'valid' ? reading.value : undefined;
}
