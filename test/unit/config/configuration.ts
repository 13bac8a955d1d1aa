import { ConfigurationError } from '../../../src/config/configuration-error.js';
import type { ConfigSources } from '../../../src/config/load-config.js';
import { loadConfig } from '../../../src/config/load-config.js';
import type { ServeConfig } from '../../../src/config/serve-config.js';
import { HASH_COSTS } from '../../../src/credentials/hash-recipe.js';

/** A secret that is long enough. */
export const TOKEN = '0123456789abcdef0123456789abcdef';

/** Loads a configuration of nothing but these. */
export function load(env: ConfigSources['env'] = {}, flags: ConfigSources['flags'] = {}): ServeConfig {
  return loadConfig({ env, flags, passwordHashCosts: HASH_COSTS });
}

/** Everything that is wrong with it, as `SOURCE: message`. */
export function problemsOf(env: ConfigSources['env'], flags: ConfigSources['flags'] = {}): string[] {
  try {
    load(env, flags);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ source, message }) => `${source}: ${message}`);
  }
}
