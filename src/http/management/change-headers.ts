import type { Response } from 'express';
import type { Committed } from '../../gate/ports.js';

/** What a list in a header may take before it becomes a pointer. */
export const MAX_LIST_BYTES = 4_096;

/** Says which state holds a change, and whom it touches. */
export function setChangeHeaders(
  response: Response,
  { revision, kicked }: Pick<Committed<unknown>, 'revision' | 'kicked'>,
): void {
  const kick = kickHeader(kicked(), revision);
  response.set('X-Gatehouse-Revision', revision);
  if (kick !== undefined) response.set('X-Dynsec-Kick', kick);
}

/** Who should be disconnected, as JSON in ASCII: user names, null for all who have none; or where to ask for them. */
function kickHeader(kicked: readonly (string | null)[], revision: string): string | undefined {
  if (kicked.length === 0) return undefined;
  // More names than that never fit, and a group may have a million.
  const json = escapeToAscii(JSON.stringify(kicked.slice(0, MAX_LIST_BYTES)));
  return json.length <= MAX_LIST_BYTES ? json : `/v1/changes/${revision}/kick`;
}

/** JSON as a header may carry it. */
export function escapeToAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
