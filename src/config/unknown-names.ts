import { closest } from 'fastest-levenshtein';
import type { Problem } from './configuration-error.js';
import { SETTING_NAMES, SETTINGS, flagOf, settingsTable } from './settings.js';
import { visible } from './shown-value.js';

/** What Kubernetes sets in every container beside a service that is called `gatehouse`. */
const KUBERNETES = /^GATEHOUSE_(?:SERVICE_|PORT)/;

/** Every environment variable of ours that means something. */
export const KNOWN_VARIABLES: readonly string[] = settingsTable().flatMap(({ env, isSecret }) =>
  isSecret ? [env, `${env}_FILE`] : [env],
);

/**
 * Variables that look like ours and mean nothing, most likely misspelt, each with the nearest one that does.
 * SECURITY: no values, for it may be a secret whose name is misspelt.
 */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): Problem[] {
  return Object.entries(env)
    .filter(([name, text]) => text !== undefined && name.startsWith('GATEHOUSE_') && !KUBERNETES.test(name))
    .filter(([name]) => !KNOWN_VARIABLES.includes(name))
    .map(([name]) => unknown(name, KNOWN_VARIABLES));
}

/** The same for flags, by the names of the settings. */
export function unknownFlags(flags: Readonly<Record<string, unknown>>): Problem[] {
  return Object.entries(flags)
    .filter(([name, given]) => given !== undefined && !Object.hasOwn(SETTINGS, name))
    .map(([name]) => unknown(flagOf(name), SETTING_NAMES.map(flagOf)));
}

function unknown(name: string, known: readonly string[]): Problem {
  // Counting letters alone, GATEHOUSE_DYNSEC would be nearer to GATEHOUSE_LISTEN than to GATEHOUSE_DYNSEC_FILE.
  const alike = known.filter((other) => other.startsWith(name) || name.startsWith(other));
  const nearest = closest(name, alike.length > 0 ? alike : known);
  return { source: visible(name), message: `there is no such setting; the nearest is ${nearest}` };
}
