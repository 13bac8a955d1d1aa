import { toDocument } from '../dynsec/document/to-document.js';
import type { Configuration } from '../dynsec/entities.js';
import type { MigrationFinding } from './findings.js';

/** What became of an installation. */
export interface Migration {
  readonly configuration: Configuration;
  readonly findings: readonly MigrationFinding[];
}

/** A file as it was read. */
export interface SourceText {
  /** For people: how the file was named. */
  readonly name: string;
  readonly text: string;
}

/** A configuration as the text of a dynamic-security.json, as Mosquitto 2.1 indents it. */
export function writeDocument(configuration: Configuration): string {
  return `${JSON.stringify(toDocument(configuration), null, '\t')}\n`;
}
