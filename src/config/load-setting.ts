import { ConfigurationError } from './configuration-error.js';
import type { SettingSources } from './read-setting.js';
import { readSetting } from './read-setting.js';
import type { SettingName, SettingValues } from './settings.js';

/**
 * One setting by itself, for commands that need no more.
 * @throws ConfigurationError where what is given is no value of it.
 */
export function loadSetting<Name extends SettingName>(
  name: Name,
  sources: SettingSources,
): SettingValues[Name] {
  const reading = readSetting(name, sources);
  if (reading.state === 'invalid') throw new ConfigurationError(reading.problems);
  return (reading.state === 'valid' ? reading.value : undefined) as SettingValues[Name];
}
