import type { Problem } from './configuration-error.js';
import { isLoopback } from './listen-address.js';
import type { Reading } from './read-setting.js';
import { readText } from './read-text.js';
import type { PasswordHashCosts } from './serve-config.js';
import { SETTINGS } from './settings.js';
import type { SettingName, SettingValues } from './settings.js';
import { shown } from './shown-value.js';

/** What was found for every setting. */
export type Readings = { readonly [Name in SettingName]: Reading<SettingValues[Name]> };

/**
 * What is wrong with settings that may each be right by themselves. A rule that looks at an invalid setting says
 * nothing: its problem is known already.
 */
export function brokenRules(readings: Readings, costs: PasswordHashCosts): Problem[] {
  return [
    ...openToTheNetwork(readings),
    ...costOutOfRange(readings, costs),
    ...incompleteTls(readings),
    ...unreadableFiles(readings),
  ];
}

/** SECURITY: whoever reaches the checks may ask about everybody, and try passwords. */
function openToTheNetwork({ listen, checkToken }: Readings): Problem[] {
  if (listen.state !== 'valid' || checkToken.state !== 'absent' || isLoopback(listen.value.host)) return [];
  const { env } = SETTINGS.checkToken;
  const message =
    `${shown(listen.text)} can be reached from other machines, and checks carry no token; ` +
    `set ${env} or ${env}_FILE, or listen on 127.0.0.1`;
  return [{ source: listen.source, message }];
}

function costOutOfRange({ passwordHash, passwordHashCost }: Readings, costs: PasswordHashCosts): Problem[] {
  if (passwordHash.state !== 'valid' || passwordHashCost.state !== 'valid') return [];
  const { min, max } = costs[passwordHash.value];
  const cost = passwordHashCost.value;
  if (cost === undefined || (cost >= min && cost <= max)) return [];
  const message = `${shown(passwordHashCost.text)} is not a cost of ${passwordHash.value}: from ${min} to ${max}`;
  return [{ source: passwordHashCost.source, message }];
}

function incompleteTls(readings: Readings): Problem[] {
  const needs: readonly (readonly [SettingName, SettingName])[] = [
    ['tlsCert', 'tlsKey'],
    ['tlsKey', 'tlsCert'],
    ['tlsClientCa', 'tlsCert'],
  ];
  return needs.flatMap(([name, needed]) => {
    const reading = readings[name];
    if (reading.state !== 'valid' || readings[needed].state !== 'absent') return [];
    return [{ source: reading.source, message: `${shown(reading.text)} needs ${SETTINGS[needed].env} too` }];
  });
}

function unreadableFiles(readings: Readings): Problem[] {
  return [readings.tlsCert, readings.tlsKey, readings.tlsClientCa].flatMap((reading) => {
    const content = reading.state === 'valid' ? readText(reading.text) : undefined;
    return reading.state === 'valid' && content?.ok === false
      ? [{ source: reading.source, message: content.reason }]
      : [];
  });
}
