import type { Configuration } from '../dynsec/entities.js';
import type { PolicyOptions } from '../dynsec/policy.js';
import { compilePolicy } from '../dynsec/policy.js';
import type { PolicyStore } from '../gate/ports.js';

/** A store of one state, that of a file. */
export function createOfflineStore(
  configuration: Configuration,
  revision: string,
  options: PolicyOptions,
): PolicyStore {
  const snapshot = {
    policy: compilePolicy(configuration, options),
    revision,
    client: (username: string) => configuration.clients.get(username),
  };
  return { snapshot: () => snapshot };
}
