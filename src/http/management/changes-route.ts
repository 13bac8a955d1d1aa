import type { Request, Response } from 'express';
import { Router } from 'express';
import type { AdministratorWatch } from '../../gate/administer.js';
import type { Change, ChangeLog } from '../../gate/ports.js';
import type { Realm } from '../../gate/realm.js';
import { RequestError } from '../errors.js';
import { sendJson } from '../json-answer.js';
import { callerOf } from './caller.js';
import { streamChanges } from './change-stream.js';
import { OpenStreams } from './open-streams.js';
import { integerParameter, textParameter } from './query.js';

const MAX_COUNT = 10_000;

type ChangesRealm = Pick<Realm, 'changes' | 'revision' | 'watchAdministrator' | 'findEnforcement'>;

/**
 * `GET /changes`, `GET /changes/REVISION/kick` and `GET /changes/REVISION/enforced`.
 * @param closing aborted when the service begins to end: streams do as well.
 */
export function createChangesRoute(realm: ChangesRealm, closing: AbortSignal): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const streams = new OpenStreams(closing);
  router.get('/changes', (request, response) => {
    if (request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
      const after = request.get('Last-Event-ID') ?? textParameter(request, 'after');
      // Told here, where there is still a status to tell it by.
      changesAfter(realm.changes, after, 1);
      streamChanges(response, {
        after,
        changes: realm.changes,
        isStillAllowed: watchCaller(realm, request),
      });
      streams.add(response);
      return;
    }
    const count = integerParameter(request, 'count', { min: 1, max: MAX_COUNT, ifAbsent: 1_000 });
    const changes = changesAfter(realm.changes, textParameter(request, 'after'), count);
    sendJson(response, 200, { changes, head: realm.revision() });
  });
  router.get('/changes/:revision/kick', (request, response) => {
    sendKicked(realm.changes, request, response);
  });
  router.get('/changes/:revision/enforced', async (request, response) => {
    await sendEnforcement(realm, request, response);
  });
  return router;
}

/** A token is good until the process ends. */
function watchCaller({ watchAdministrator }: ChangesRealm, request: Request): AdministratorWatch {
  const { by, hasToken } = callerOf(request);
  return hasToken ? () => true : watchAdministrator(by);
}

function changesAfter(log: ChangeLog, after: string | undefined, count: number): readonly Change[] {
  const changes = log.after(after, count);
  if (changes) return changes;
  const revision = (after ?? '').slice(0, 80);
  throw new RequestError(
    'gone',
    `after: \`${revision}\` is not known, or not any more; read the document and begin anew`,
  );
}

/** Pages of user names, null for all who have none. */
function sendKicked(log: ChangeLog, request: Request, response: Response): void {
  const revision = request.params['revision'];
  const kicked = typeof revision === 'string' ? log.kicked(revision) : undefined;
  if (!kicked) throw new RequestError('not_found', 'revision: is not known, or not any more');
  const offset = integerParameter(request, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, ifAbsent: 0 });
  const count = integerParameter(request, 'count', { min: 1, max: MAX_COUNT, ifAbsent: MAX_COUNT });
  sendJson(response, 200, { totalCount: kicked.length, kicked: kicked.slice(offset, offset + count) });
}

async function sendEnforcement(
  { findEnforcement }: ChangesRealm,
  request: Request,
  response: Response,
): Promise<void> {
  const { revision } = request.params;
  const found = await findEnforcement(typeof revision === 'string' ? revision : '');
  if (found === 'malformed') throw new RequestError('not_found', 'revision: is none of this realm');
  if (found === 'unknown') {
    throw new RequestError('gone', 'revision: is not known, or not any more');
  }
  sendJson(response, 200, {
    revision: found.revision,
    enforced: found.isEnforced,
    instances: found.instances.map(({ enforces, ...instance }) => ({ ...instance, enforces })),
  });
}
