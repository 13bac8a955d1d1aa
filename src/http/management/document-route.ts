import type { Request, Response } from 'express';
import { Router } from 'express';
import type { Finding } from '../../dynsec/document/finding.js';
import type { Configuration } from '../../dynsec/entities.js';
import type { AskEnforcement } from '../../gate/enforcement.js';
import { NoAdministratorError, RevisionConflictError } from '../../gate/errors.js';
import type {
  DocumentMode,
  DocumentPreview,
  DocumentUpload,
  PutDocument,
  RealmDocument,
  RefusedDocument,
} from '../../gate/realm-document.js';
import type { JsonText } from '../../json/read-json.js';
import { describeDuplicate, JsonSyntaxError, readJson } from '../../json/read-json.js';
import { RequestError } from '../errors.js';
import { sendJson } from '../json-answer.js';
import { callerOf } from './caller.js';
import { setChangeHeaders } from './change-headers.js';
import { readWait } from './enforced-header.js';
import { limitedBody } from './limited-body.js';
import { booleanParameter, textParameter } from './query.js';
import { requireJson } from './require-json.js';

/** A million clients with everything. */
const MAX_DOCUMENT_BYTES = 512 * 1_048_576;

/** `GET /document` and `PUT /document`: the realm as a dynamic-security.json. */
export function createDocumentRoute(realm: RealmDocument, awaitEnforcement: AskEnforcement): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const body = limitedBody(MAX_DOCUMENT_BYTES);
  router.get('/document', async (request, response) => {
    const withHashes = booleanParameter(request, 'hashes');
    if (withHashes && !callerOf(request).hasToken) {
      throw new RequestError('forbidden', 'hashes: password hashes are for the admin token alone');
    }
    const { document, revision } = await realm.export({ withHashes });
    response.set({ ETag: `"${revision}"`, 'Cache-Control': 'no-store' }).type('json');
    response.send(`${JSON.stringify(document, null, '\t')}\n`);
  });
  router.put('/document', requireJson, body, async (request, response) => {
    const upload = readUpload(request);
    const tellEnforced = readWait(request, awaitEnforcement);
    if (booleanParameter(request, 'dry-run')) {
      sendPreview(response, await answered(() => realm.preview(upload)));
    } else {
      const taken = await answered(() => realm.put(upload, callerOf(request)));
      if (taken.isTaken) await tellEnforced(response, taken.revision);
      sendTaken(response, taken);
    }
  });
  return router;
}

function readUpload(request: Request): DocumentUpload {
  const isForced = booleanParameter(request, 'force');
  const mode = parseMode(textParameter(request, 'mode'));
  const expected = parseIfMatch(request.headers['if-match']);
  const { value: document, duplicates } = readBodyJson(request.body);
  // Where they stand is told by line and column: a pointer leads to the one that counts.
  const warnings = duplicates.map((member): Finding => {
    return { severity: 'warning', pointer: '', message: describeDuplicate(member) };
  });
  const takesNoAdministrator = isForced || callerOf(request).hasToken;
  return { document, warnings, mode, expected, takesWarnings: isForced, takesNoAdministrator };
}

function parseMode(mode = 'replace'): DocumentMode {
  if (mode === 'replace' || mode === 'merge') return mode;
  throw new RequestError(
    'invalid_request',
    `mode: \`${mode.slice(0, 40)}\` is neither \`replace\` nor \`merge\``,
  );
}

/**
 * The revisions of an If-Match header (RFC 9110, 13.1.1); undefined for none, and for `*`. A weak ETag is not one of
 * them: it says no more than that something is alike.
 */
function parseIfMatch(header: string | undefined): ReadonlySet<string> | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => /^\s*(W\/)?"([^"]*)"\s*$/.exec(tag));
  if (tags.includes(null)) throw new RequestError('invalid_request', 'if-match: must be ETags, or `*`');
  return new Set(tags.flatMap((tag) => (tag?.[1] === undefined ? (tag?.[2] ?? []) : [])));
}

function readBodyJson(body: unknown): JsonText {
  try {
    return readJson(Buffer.isBuffer(body) ? decodeUtf8(body) : '');
  } catch (cause) {
    if (cause instanceof JsonSyntaxError) {
      throw new RequestError('invalid_request', `body: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

/** Names that differ in their bytes must not become one. */
function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new RequestError('invalid_request', 'body: is not UTF-8', { cause });
  }
}

/** Names the condition that was not met. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof RevisionConflictError) {
      throw new RequestError('precondition_failed', `if-match: ${cause.message}`, { cause });
    }
    if (cause instanceof NoAdministratorError) {
      const hint = '?force=true does it all the same';
      throw new RequestError('unprocessable', `${cause.message}; ${hint}`, { cause });
    }
    throw cause;
  }
}

function sendPreview(response: Response, preview: DocumentPreview | RefusedDocument): void {
  if (!preview.isTaken) {
    sendRefused(response, preview);
    return;
  }
  const { touched, ...changes } = preview.changes;
  response.set('X-Gatehouse-Revision', preview.revision);
  sendJson(response, 200, { ok: true, findings: preview.findings, changes, touched });
}

function sendTaken(response: Response, taken: PutDocument | RefusedDocument): void {
  if (!taken.isTaken) {
    sendRefused(response, taken);
    return;
  }
  const { revision, findings, configuration } = taken;
  setChangeHeaders(response, taken);
  sendJson(response, 200, { ok: true, revision, findings, counts: countsOf(configuration) });
}

function sendRefused(response: Response, { findings }: RefusedDocument): void {
  const error = 'the document is not as it should be; nothing is changed';
  sendJson(response, 422, { ok: false, error, findings });
}

function countsOf({ clients, groups, roles }: Configuration): Readonly<Record<string, number>> {
  return { clients: clients.size, groups: groups.size, roles: roles.size };
}
