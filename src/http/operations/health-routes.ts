import { Router } from 'express';
import type { HealthSource } from '../../gate/ports.js';
import { sendJson } from '../json-answer.js';

/** `GET /health/live`: the process answers. `GET /health/ready`: checks can be decided, else 503. */
export function createHealthRoutes(source: HealthSource): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/live', (_request, response) => {
    sendJson(response, 200, { ok: true });
  });
  router.get('/ready', (_request, response) => {
    const { ready, policy } = source.health();
    sendJson(response, ready ? 200 : 503, { ok: ready, policy });
  });
  return router;
}
