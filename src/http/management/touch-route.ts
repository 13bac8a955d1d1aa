import { json, Router } from 'express';
import type { Realm } from '../../gate/realm.js';
import { RequestError } from '../errors.js';
import { sendJson } from '../json-answer.js';
import { MAX_BODY_BYTES } from '../read-body.js';
import { callerOf } from './caller.js';
import { setChangeHeaders } from './change-headers.js';
import { readWait } from './enforced-header.js';
import { requireJson } from './require-json.js';

/** `POST /touch`: takes over what was written into the store by hand. */
export function createTouchRoute(realm: Pick<Realm, 'touch' | 'awaitEnforcement'>): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.post('/touch', requireJson, json({ limit: MAX_BODY_BYTES }), async (request, response) => {
    requireNothing(request.body);
    const tellEnforced = readWait(request, realm.awaitEnforcement);
    const touched = await realm.touch(callerOf(request));
    await tellEnforced(response, touched.revision);
    setChangeHeaders(response, touched);
    sendJson(response, 200, { ok: true, revision: touched.revision });
  });
  return router;
}

/** There is nothing to say, and what is said all the same would not be done. */
function requireNothing(body: unknown): void {
  if (body === undefined) return;
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (isObject && Object.keys(body).length === 0) return;
  throw new RequestError('invalid_request', 'body: must be `{}`');
}
