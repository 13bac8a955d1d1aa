import type { Request, Response } from 'express';
import { Router } from 'express';
import type { AdministratorWatch } from '../../gate/administer.js';
import type { Change, ChangeLog } from '../../gate/ports.js';
import type { Realm } from '../../gate/realm.js';
import { RequestError } from '../errors.js';
import { sendJson } from '../json-answer.js';
import { callerOf } from './caller.js';
import { streamChanges } from './change-stream.js';
import { integerParameter, textParameter } from './query.js';

const MAX_COUNT = 10_000;

type ChangesRealm = Pick<Realm, 'changes' | 'revision' | 'watchAdministrator'>;

/** `GET /changes` and `GET /changes/REVISION/kick`. */
export function createChangesRoute(realm: ChangesRealm): Router {
  const router = Router({ caseSensitive: true, strict: true });
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
      return;
    }
    const count = integerParameter(request, 'count', { min: 1, max: MAX_COUNT, ifAbsent: 1_000 });
    const changes = changesAfter(realm.changes, textParameter(request, 'after'), count);
    sendJson(response, 200, { changes, head: realm.revision() });
  });
  router.get('/changes/:revision/kick', (request, response) => {
    sendKicked(realm.changes, request, response);
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
