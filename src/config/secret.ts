import type { Problem } from './configuration-error.js';
import { readText } from './read-text.js';

/** What was written for a setting, and where. */
export interface Written {
  readonly source: string;
  readonly text: string;
}

/**
 * Finds a secret in the environment: in NAME itself, or in the file that NAME_FILE names, whose last line break does
 * not count. Undefined where neither is set. SECURITY: the text goes into no message.
 */
export function findSecret(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): Written | Problem | undefined {
  const text = env[name];
  const source = `${name}_FILE`;
  const file = env[source];
  if (file === undefined) return text === undefined ? undefined : { source: name, text };
  if (text !== undefined) return { source, message: `${name} is set too: only one of the two can be meant` };
  const content = readText(file);
  return content.ok
    ? { source, text: content.text.replace(/\r?\n$/, '') }
    : { source, message: content.reason };
}
