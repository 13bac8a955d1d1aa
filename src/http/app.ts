import type { Express } from 'express';
import express, { Router } from 'express';
import type { Gate } from '../gate/gate.js';
import type { Instance } from '../gate/instance.js';
import type { HealthSource } from '../gate/ports.js';
import type { Realm } from '../gate/realm.js';
import type { CheckHandler } from './checks/check-handler.js';
import { checkOf } from './checks/check-url.js';
import { RequestError } from './errors.js';
import { createErrorHandler } from './json-answer.js';
import { createChangesRoute } from './management/changes-route.js';
import { createCommandsRoute } from './management/commands-route.js';
import { createDocumentRoute } from './management/document-route.js';
import { createExplainRoute } from './management/explain-route.js';
import { createGuard } from './management/guard.js';
import { createInstanceRoutes } from './management/instance-routes.js';
import { createRequireAdministrator } from './management/require-administrator.js';
import { createTemplatesRoute } from './management/templates-route.js';
import { createTouchRoute } from './management/touch-route.js';
import { createHealthRoutes } from './operations/health-routes.js';
import type { MetricsSource } from './operations/metrics-route.js';
import { createMetricsRoute } from './operations/metrics-route.js';
import type { TokenList } from './token-list.js';

/** What the application needs. */
export interface AppDependencies {
  readonly handleCheck: CheckHandler;
  readonly gate: Pick<Gate, 'explain' | 'authenticateAdministrator'>;
  readonly realm: Realm;
  readonly instance: Instance;
  readonly adminTokens: TokenList;
  /** Host names under which `/v1` may be addressed, in lower case. */
  readonly hosts: ReadonlySet<string>;
  readonly health: HealthSource;
  readonly metrics: MetricsSource;
  /** Aborted when the service begins to end: what would go on and on ends then. */
  readonly closing: AbortSignal;
  readonly onDefect: (error: unknown) => void;
}

function createManagementRoutes({ gate, realm, instance, closing }: AppDependencies): Router {
  return Router({ caseSensitive: true, strict: true })
    .use(createExplainRoute(gate.explain))
    .use(createCommandsRoute(realm))
    .use(createDocumentRoute(realm.document, realm.awaitEnforcement))
    .use(createTemplatesRoute(realm.templates, realm.awaitEnforcement))
    .use(createChangesRoute(realm, closing))
    .use(createTouchRoute(realm))
    .use(createInstanceRoutes(instance));
}

/** The whole HTTP surface as an Express application: it can be mounted, and serves what the fast lane leaves. */
export function createApp(dependencies: AppDependencies): Express {
  const { gate, adminTokens, handleCheck } = dependencies;
  const requireAdministrator = createRequireAdministrator(adminTokens, gate.authenticateAdministrator);
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.use((request, response, next) => {
    const check = checkOf(request.url);
    if (check) handleCheck(check, request, response);
    else next();
  });
  app.use('/health', createHealthRoutes(dependencies.health));
  app.use('/metrics', requireAdministrator);
  app.use(createMetricsRoute(dependencies.metrics));
  app.use('/v1', createGuard(dependencies.hosts), requireAdministrator, createManagementRoutes(dependencies));
  app.use((request) => {
    throw new RequestError(
      'not_found',
      `there is no \`${request.method} ${request.path.slice(0, 100)}\` here`,
    );
  });
  app.use(createErrorHandler(dependencies.onDefect));
  return app;
}
