import { raw, Router } from 'express';
import { parseCommandPayload } from '../../gate/command-payload.js';
import type { ExecuteCommands } from '../../gate/execute-commands.js';
import { JsonSyntaxError, readJson } from '../../json/read-json.js';
import { sendJson } from '../json-answer.js';
import { callerOf } from './caller.js';
import { booleanParameter } from './query.js';
import { requireJson } from './require-json.js';

/** A request of ten thousand clients with everything that they can have. */
const MAX_COMMANDS_BYTES = 16 * 1_048_576;

/** What a header may hold before it becomes a pointer. */
const MAX_KICK_HEADER_BYTES = 4_096;

/** `POST /commands`: the requests and replies of `$CONTROL/dynamic-security/v1`, malformed ones included. */
export function createCommandsRoute(execute: ExecuteCommands): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const body = raw({ type: () => true, limit: MAX_COMMANDS_BYTES });
  router.post('/commands', requireJson, body, async (request, response) => {
    const isAtomic = booleanParameter(request, 'atomic');
    const payload = parsePayload(request.body);
    const { reply, revision, kicked } = await execute({ payload, origin: callerOf(request), isAtomic });
    const kick = kickHeader(kicked(), revision);
    response.set('X-Gatehouse-Revision', revision);
    if (kick !== undefined) response.set('X-Dynsec-Kick', kick);
    sendJson(response, 200, reply);
  });
  return router;
}

/** A body without bytes is none to Express. */
function parsePayload(body: unknown): unknown {
  return parseCommandPayload(Buffer.isBuffer(body) ? body : Buffer.alloc(0), (text) => {
    try {
      return readJson(text).value;
    } catch (error) {
      if (error instanceof JsonSyntaxError) return undefined;
      throw error;
    }
  });
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
