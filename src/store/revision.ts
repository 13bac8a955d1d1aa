import { randomBytes } from 'node:crypto';

/**
 * Revisions are `<sequence>-<8 hex digits>`. The digits are random, so that two histories that begin alike, as after
 * a restored backup, do not give one name to two states.
 */
export function nextRevision(previous: string): string {
  const sequence = Number.parseInt(previous, 10);
  return revisionOf(Number.isNaN(sequence) ? 1 : sequence + 1, randomBytes(4).toString('hex'));
}

/** The revision of a document that nobody keeps a journal of: the same content is the same revision. */
export function revisionOfDocument(sha256: string): string {
  return revisionOf(0, sha256.slice(0, 8));
}

/** Whether a text looks like one. */
export function isRevision(text: string): boolean {
  return /^\d{1,15}-[0-9a-f]{8}$/.test(text);
}

function revisionOf(sequence: number, digits: string): string {
  return `${sequence}-${digits}`;
}
