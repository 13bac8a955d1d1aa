import { decide } from '../dynsec/decide.js';
import type { Client, Configuration } from '../dynsec/entities.js';
import type { PolicyOptions } from '../dynsec/policy.js';
import { compilePolicy } from '../dynsec/policy.js';
import { COMMAND_TOPIC } from './administer.js';
import type { IsUsablePassword } from './ports.js';

/** What is to be told of a realm that is not in force. */
export interface AdministratorQuestion {
  readonly configuration: Configuration;
  readonly options: PolicyOptions;
  readonly isUsablePassword: IsUsablePassword;
}

/** Whether some client could log in over HTTP, where it shows no client id, and administer. */
export function hasAdministrator({
  configuration,
  options,
  isUsablePassword,
}: AdministratorQuestion): boolean {
  const policy = compilePolicy(configuration, options);
  const request = { access: 'publishClientSend', topic: COMMAND_TOPIC, clientid: null } as const;
  const isAdministrator = (client: Client): boolean =>
    client.password !== undefined &&
    isUsablePassword(client.password) &&
    decide(policy, { kind: 'client', client }, request).allowed;
  for (const client of configuration.clients.values()) if (isAdministrator(client)) return true;
  return false;
}
