import { Router } from 'express';
import { parseCommandPayload } from '../../gate/command-payload.js';
import type { Realm } from '../../gate/realm.js';
import { JsonSyntaxError, readJson } from '../../json/read-json.js';
import { callerOf } from './caller.js';
import { readWait } from './enforced-header.js';
import { limitedBody } from './limited-body.js';
import { booleanParameter } from './query.js';
import { requireJson } from './require-json.js';
import { sendCommandResult } from './send-command-result.js';

/** A request of ten thousand clients with everything that they can have. */
const MAX_COMMANDS_BYTES = 16 * 1_048_576;

/** `POST /commands`: the requests and replies of `$CONTROL/dynamic-security/v1`, malformed ones included. */
export function createCommandsRoute(realm: Pick<Realm, 'execute' | 'awaitEnforcement'>): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const body = limitedBody(MAX_COMMANDS_BYTES);
  router.post('/commands', requireJson, body, async (request, response) => {
    const isAtomic = booleanParameter(request, 'atomic');
    const tellEnforced = readWait(request, realm.awaitEnforcement);
    const payload = parsePayload(request.body);
    const result = await realm.execute({ payload, origin: callerOf(request), isAtomic });
    await tellEnforced(response, result.revision);
    sendCommandResult(response, result);
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
