import type { Request } from 'express';
import { raw, Router } from 'express';
import type { Finding } from '../../dynsec/document/finding.js';
import type { ParsedConfiguration } from '../../dynsec/document/parse-configuration.js';
import type { Configuration } from '../../dynsec/entities.js';
import { NoAdministratorError, RevisionConflictError } from '../../gate/errors.js';
import type { DocumentMode, RealmDocument } from '../../gate/realm-document.js';
import type { JsonText } from '../../json/read-json.js';
import { JsonSyntaxError, readJson } from '../../json/read-json.js';
import { RequestError } from '../errors.js';
import { sendJson } from '../json-answer.js';
import { callerOf } from './caller.js';
import { booleanParameter, textParameter } from './query.js';
import { requireJson } from './require-json.js';

/** A million clients with everything. */
const MAX_DOCUMENT_BYTES = 512 * 1_048_576;

/** `GET /document` and `PUT /document`: the realm as a dynamic-security.json. */
export function createDocumentRoute(realm: RealmDocument): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/document', (request, response) => {
    const withHashes = booleanParameter(request, 'hashes');
    if (withHashes && !callerOf(request).hasToken) {
      throw new RequestError('forbidden', 'hashes: password hashes are for the admin token alone');
    }
    const { document, revision } = realm.export({ withHashes });
    response.set({ ETag: `"${revision}"`, 'Cache-Control': 'no-store' }).type('json');
    response.send(`${JSON.stringify(document, null, '\t')}\n`);
  });
  router.put(
    '/document',
    requireJson,
    raw({ type: () => true, limit: MAX_DOCUMENT_BYTES }),
    async (request, response) => {
      const isForced = booleanParameter(request, 'force');
      const { configuration, findings } = parseDocument(request, realm);
      if (!configuration || (findings.length > 0 && !isForced)) {
        const error = 'the document is not as it should be; nothing is changed';
        sendJson(response, 422, { ok: false, error, findings });
        return;
      }
      const changes = realm.compare(configuration);
      if (booleanParameter(request, 'dry-run')) {
        const { touched, ...entities } = changes;
        sendJson(response, 200, { ok: true, findings, changes: entities, touched });
        return;
      }
      const revision = await replace(realm, request, { configuration, isForced });
      response.set('X-Gatehouse-Revision', revision);
      sendJson(response, 200, { ok: true, revision, findings, counts: countsOf(configuration) });
    },
  );
  return router;
}

async function replace(
  realm: RealmDocument,
  request: Request,
  { configuration, isForced }: { readonly configuration: Configuration; readonly isForced: boolean },
): Promise<string> {
  const caller = callerOf(request);
  const expected = expectedRevision(request.headers['if-match']);
  try {
    return await realm.replace({
      configuration,
      origin: caller,
      expected,
      isForced: isForced || caller.hasToken,
    });
  } catch (error) {
    if (error instanceof RevisionConflictError) {
      throw new RequestError('precondition_failed', `if-match: ${error.message}`, { cause: error });
    }
    if (error instanceof NoAdministratorError) {
      throw new RequestError('unprocessable', `${error.message}; ?force=true does it all the same`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** The revision of an If-Match header; undefined for none, or for `*`. */
function expectedRevision(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  return header.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
}

function parseDocument(request: Request, realm: RealmDocument): ParsedConfiguration {
  const mode = parseMode(textParameter(request, 'mode'));
  const { value, duplicates } = readBodyJson(request.body);
  const { configuration, findings } = realm.parse(value, mode);
  const repeated = duplicates.map(({ name, line, column }): Finding => {
    const pointer = `line ${String(line)}, column ${String(column)}`;
    return {
      severity: 'warning',
      pointer,
      message: `\`${name}\` is there more than once: the first one counts`,
    };
  });
  return { configuration, findings: [...repeated, ...findings] };
}

function parseMode(mode = 'replace'): DocumentMode {
  if (mode === 'replace' || mode === 'merge') return mode;
  throw new RequestError(
    'invalid_request',
    `mode: \`${mode.slice(0, 40)}\` is neither \`replace\` nor \`merge\``,
  );
}

function readBodyJson(body: unknown): JsonText {
  try {
    return readJson(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch (cause) {
    if (cause instanceof JsonSyntaxError) {
      throw new RequestError('invalid_request', `body: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

function countsOf({ clients, groups, roles }: Configuration): Readonly<Record<string, number>> {
  return { clients: clients.size, groups: groups.size, roles: roles.size };
}
