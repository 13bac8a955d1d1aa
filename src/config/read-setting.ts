import type { z } from 'zod';
import type { Problem } from './configuration-error.js';
import { findSecret } from './secret.js';
import type { Written } from './secret.js';
import { SETTINGS, flagOf } from './settings.js';
import type { Setting, SettingName } from './settings.js';
import { shown } from './shown-value.js';
import { splitList } from './value-schemas.js';

/** Where settings come from: the environment, and flags by the names of their settings. */
export interface SettingSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As commander's `opts()` returns them. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** What was found for one setting. */
export type Reading<Value> =
  | ({ readonly state: 'valid'; readonly value: Value } & Written)
  | { readonly state: 'invalid'; readonly problems: readonly Problem[] }
  /** Nothing was given, and there is no default. */
  | { readonly state: 'absent' };

/** Reads one setting: the flag wins over the environment, and that over the default. */
export function readSetting(name: SettingName, sources: SettingSources): Reading<unknown> {
  const setting: Setting = SETTINGS[name];
  const found = setting.isSecret ? findSecretSetting(name, sources) : findPlainSetting(name, sources);
  if (!found) return { state: 'absent' };
  if ('message' in found) return { state: 'invalid', problems: [found] };
  const result = setting.schema.safeParse(found.text);
  if (result.success) return { state: 'valid', value: result.data, ...found };
  const problems = result.error.issues.map((issue) => problemOf(issue, setting, found));
  return { state: 'invalid', problems };
}

function findPlainSetting(name: SettingName, { env, flags }: SettingSources): Written | undefined {
  const setting: Setting = SETTINGS[name];
  const given = flags[name];
  if (given !== undefined) return { source: flagOf(name), text: String(given) };
  const text = env[setting.env] ?? setting.default;
  return text === undefined ? undefined : { source: setting.env, text };
}

function findSecretSetting(name: SettingName, sources: SettingSources): Written | Problem | undefined {
  const { env } = SETTINGS[name];
  if (sources.flags[name] === undefined) return findSecret(sources.env, env);
  const message = `a flag can be read by every process of the machine; set ${env} or ${env}_FILE instead`;
  return { source: flagOf(name), message };
}

function problemOf(issue: z.core.$ZodIssue, setting: Setting, { source, text }: Written): Problem {
  const index = issue.path.find((step) => typeof step === 'number');
  const subject = setting.isSecret ? describeSecret(text, index) : shown(itemOf(text, index));
  return { source, message: `${subject} is not ${issue.message}` };
}

function itemOf(text: string, index: number | undefined): string {
  return index === undefined ? text : (splitList(text)[index] ?? '');
}

function describeSecret(text: string, index: number | undefined): string {
  if (index === undefined) return splitList(text).length === 0 ? 'nothing' : 'what is set there';
  return `entry ${index + 1}, of ${itemOf(text, index).length} characters,`;
}
