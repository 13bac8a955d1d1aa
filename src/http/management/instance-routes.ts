import { Router } from 'express';
import type { Instance } from '../../gate/instance.js';
import { sendJson } from '../json-answer.js';
import { textParameter } from './query.js';

/** `GET /status` and `DELETE /caches`: this one instance, not the realm. */
export function createInstanceRoutes(instance: Instance): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/status', async (_request, response) => {
    sendJson(response, 200, await instance.status());
  });
  router.delete('/caches', async (request, response) => {
    sendJson(response, 200, { cleared: await instance.clearCaches(textParameter(request, 'username')) });
  });
  return router;
}
