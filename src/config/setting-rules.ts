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
    ...loginsShedLast(readings),
    ...workersWithoutRedis(readings),
    ...incompleteTls(readings),
    ...certificatesWithoutTls(readings),
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

function loginsShedLast({ shedLoginsLag, shedChecksLag }: Readings): Problem[] {
  if (shedLoginsLag.state !== 'valid' || shedChecksLag.state !== 'valid') return [];
  if (shedLoginsLag.value <= shedChecksLag.value) return [];
  const message = `${shown(shedChecksLag.text)} is below ${SETTINGS.shedLoginsLag.env}: logins are shed first`;
  return [{ source: shedChecksLag.source, message }];
}

/** A file has one process. */
function workersWithoutRedis({ workers, redisUrl }: Readings): Problem[] {
  if (workers.state !== 'valid' || workers.value === 1) return [];
  if (redisUrl.state !== 'absent' && !(redisUrl.state === 'valid' && redisUrl.value === undefined)) return [];
  const message = `${shown(workers.text)} needs ${SETTINGS.redisUrl.env}: a file has one process`;
  return [{ source: workers.source, message }];
}

function incompleteTls(readings: Readings): Problem[] {
  const needs: readonly (readonly [SettingName, SettingName])[] = [
    ['tlsCert', 'tlsKey'],
    ['tlsKey', 'tlsCert'],
    ['tlsClientCa', 'tlsCert'],
    ['redisCert', 'redisKey'],
    ['redisKey', 'redisCert'],
    ['redisCert', 'redisUrl'],
    ['redisCa', 'redisUrl'],
  ];
  return needs.flatMap(([name, needed]) => {
    const reading = readings[name];
    if (reading.state !== 'valid' || readings[needed].state !== 'absent') return [];
    return [{ source: reading.source, message: `${shown(reading.text)} needs ${SETTINGS[needed].env} too` }];
  });
}

/** SECURITY: who names certificates believes to be talking by TLS. */
function certificatesWithoutTls({ redisUrl, redisCa, redisCert }: Readings): Problem[] {
  if (redisUrl.state !== 'valid' || !redisUrl.value || redisUrl.value.hasTls) return [];
  return [redisCa, redisCert].flatMap((reading) => {
    if (reading.state !== 'valid') return [];
    const message = `${shown(reading.text)} needs an address of Redis that begins with \`rediss\``;
    return [{ source: reading.source, message }];
  });
}

function unreadableFiles(readings: Readings): Problem[] {
  const { tlsCert, tlsKey, tlsClientCa, redisCa, redisCert, redisKey } = readings;
  return [tlsCert, tlsKey, tlsClientCa, redisCa, redisCert, redisKey].flatMap((reading) => {
    const content = reading.state === 'valid' ? readText(reading.text) : undefined;
    return reading.state === 'valid' && content?.ok === false
      ? [{ source: reading.source, message: content.reason }]
      : [];
  });
}
