import type { Response } from 'express';
import type { CommandResult } from '../../gate/execute-commands.js';
import { sendJson } from '../json-answer.js';

/** What a header may hold before it becomes a pointer. */
const MAX_KICK_HEADER_BYTES = 4_096;

/** Sends the reply of dynsec commands, with the revision that holds what they changed and whom they touch. */
export function sendCommandResult(response: Response, { reply, revision, kicked }: CommandResult): void {
  const kick = kickHeader(kicked(), revision);
  response.set('X-Gatehouse-Revision', revision);
  if (kick !== undefined) response.set('X-Dynsec-Kick', kick);
  sendJson(response, 200, reply);
}

/** Who should be disconnected, as JSON in ASCII: user names, null for all who have none; or where to ask for them. */
function kickHeader(kicked: readonly (string | null)[], revision: string): string | undefined {
  if (kicked.length === 0) return undefined;
  const json = escapeToAscii(JSON.stringify(kicked));
  return json.length <= MAX_KICK_HEADER_BYTES ? json : `/v1/changes/${revision}/kick`;
}

function escapeToAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
