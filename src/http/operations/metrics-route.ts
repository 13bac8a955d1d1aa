import { Router } from 'express';

/** All metrics, as text in the format that `contentType` names. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** `GET /metrics`, for Prometheus. */
export function createMetricsRoute(source: MetricsSource): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/metrics', async (_request, response) => {
    const text = await source.metrics();
    response.set({ 'Content-Type': source.contentType, 'Cache-Control': 'no-store' }).send(text);
  });
  return router;
}
