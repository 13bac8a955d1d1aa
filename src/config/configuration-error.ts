import { GatehouseError } from '../dynsec/errors.js';

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** What the operator wrote it as: `GATEHOUSE_LISTEN`, `--listen`. */
  readonly source: string;
  /** What is wrong, the value included unless it is a secret, and what would be right. */
  readonly message: string;
}

/** The process cannot start with this configuration. The message lists everything that is wrong, one a line. */
export class ConfigurationError extends GatehouseError {
  readonly code = 'invalid_configuration';
  readonly isPublic = false;

  /** @param problems all of them; at least one. */
  constructor(readonly problems: readonly Problem[]) {
    super(`invalid configuration:\n${problems.map(lineOf).join('\n')}`);
  }
}

function lineOf({ source, message }: Problem): string {
  return `  ${source}: ${message}`;
}
