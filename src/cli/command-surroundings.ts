import type { Finding } from '../dynsec/document/finding.js';
import type { Configuration } from '../dynsec/entities.js';
import type { PolicyOptions } from '../dynsec/policy.js';

/** A dynamic-security.json that was read. */
export interface ReadPolicy {
  readonly configuration: Configuration;
  readonly revision: string;
  readonly warnings: readonly Finding[];
}

/** Settings of the service that decisions depend on; the flags of a command win over the environment. */
export interface PolicySettings extends PolicyOptions {
  readonly dynsecFile: string;
}

/** The same as flags: texts, under the names of the settings. */
export type PolicyFlags = Readonly<Partial<Record<keyof PolicySettings, string>>>;

/** What the commands that judge a policy need from outside. */
export interface CommandSurroundings {
  /** Whether colours are seen by somebody, and wanted. */
  readonly hasColours: boolean;
  print(text: string): void;
  /** Says something beside the output. */
  warn(text: string): void;
  /** Sets how the process ends, if nothing fails: 0, or 2 for an answer in the negative. */
  answer(exitCode: 0 | 2): void;
  /**
   * Reads a dynamic-security.json, with what a service that runs on it has not put into it yet.
   * @throws GatehouseError where the file cannot be taken.
   */
  readPolicy(path: string): Promise<ReadPolicy>;
  readText(path: string): Promise<string>;
  writeText(path: string, text: string): Promise<void>;
  /** @throws GatehouseError for a value that is none. */
  policySettings(flags: PolicyFlags): PolicySettings;
}
