import { parsePasswordHash } from '../../credentials/parse-password-hash.js';
import type { Findings } from '../findings.js';
import type { SourceText } from '../migration.js';
import { sourceLines, trimBlanks } from '../source-lines.js';
import { textProblem, usernameProblem } from '../source-problems.js';

/** What a password file says of one user. */
export interface PasswordEntry {
  readonly username: string;
  /** The hash as it stands there. */
  readonly encoded: string;
  readonly place: string;
}

/**
 * Reads a `password_file`. PARITY: of the entries for one user the last one counts that can be used, lines without a
 * colon and what follows a second one are passed over (mosquitto 2.0.11).
 */
export function parsePasswordFile(file: SourceText, findings: Findings): ReadonlyMap<string, PasswordEntry> {
  const entries = new Map<string, PasswordEntry>();
  for (const { place, text } of sourceLines(file)) {
    const entry = parseLine(text, place, findings);
    if (!entry) continue;
    const earlier = entries.get(entry.username);
    if (earlier && !parsePasswordHash(entry).usable) {
      findings.note(place, `\`${entry.username}\` is there more than once: \`${earlier.place}\` counts`);
      continue;
    }
    if (earlier) {
      findings.note(earlier.place, `\`${entry.username}\` is there more than once: \`${place}\` counts`);
    }
    entries.set(entry.username, entry);
  }
  return entries;
}

function parseLine(text: string, place: string, findings: Findings): PasswordEntry | undefined {
  if (text.startsWith('#') || trimBlanks(text) === '') return undefined;
  if (!text.includes(':')) {
    findings.note(place, 'a line without a colon, which Mosquitto passes over');
    return undefined;
  }
  const [name = '', encoded] = text.replace(/^:+/, '').split(/:+/);
  const username = trimBlanks(name);
  const problem = usernameProblem(username) ?? textProblem(username);
  if (problem !== undefined) {
    findings.lost(place, problem);
    return undefined;
  }
  return { username, encoded: trimBlanks(encoded ?? ''), place };
}
