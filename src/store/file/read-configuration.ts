import { readFile } from 'node:fs/promises';
import type { Finding } from '../../dynsec/document/finding.js';
import { parseConfiguration } from '../../dynsec/document/parse-configuration.js';
import type { Configuration } from '../../dynsec/entities.js';
import type { DuplicateMember, JsonText } from '../../json/read-json.js';
import { describeDuplicate, JsonSyntaxError, readJson } from '../../json/read-json.js';
import { revisionOfDocument } from '../revision.js';
import { DocumentError } from './errors.js';
import { sha256 } from './sha256.js';
import { messageOf } from '../system-error.js';

/** A file that was read. */
export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** Told by the content: the same content is the same revision. */
  readonly revision: string;
  /** Of the bytes of the file. */
  readonly sha256: string;
  /** What Mosquitto would pass over in silence. */
  readonly warnings: readonly Finding[];
}

/** How many errors of one document a message names. */
const MAX_NAMED_ERRORS = 10;

/** Reads a dynamic-security.json. @throws DocumentError where it cannot be read or taken. */
export async function readConfiguration(path: string): Promise<ReadConfiguration> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DocumentError(path, messageOf(cause), { cause });
  });
  const { value, duplicates } = readText(path, bytes.toString('utf8'));
  const { configuration, findings } = parseConfiguration(value);
  if (!configuration) throw new DocumentError(path, describeErrors(findings));
  const hash = sha256(bytes);
  return {
    configuration,
    revision: revisionOfDocument(hash),
    sha256: hash,
    warnings: [...duplicates.map(duplicateFinding), ...findings],
  };
}

function readText(path: string, text: string): JsonText {
  try {
    return readJson(text);
  } catch (cause) {
    if (cause instanceof JsonSyntaxError) throw new DocumentError(path, cause.message, { cause });
    throw cause;
  }
}

/** Places and what is wrong there; no values, for this is shown by the health endpoint too. */
function describeErrors(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const named = errors
    .slice(0, MAX_NAMED_ERRORS)
    .map(({ pointer, message }) => `${pointer || '/'} ${message}`);
  const more = errors.length - named.length;
  return [...named, ...(more > 0 ? [`and ${String(more)} more`] : [])].join('; ');
}

/** Where it stands is told by line and column: a pointer leads to the one that counts. */
function duplicateFinding(member: DuplicateMember): Finding {
  return { severity: 'warning', pointer: '', message: describeDuplicate(member) };
}
