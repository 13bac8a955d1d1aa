import { json, Router } from 'express';
import type { Access } from '../../dynsec/entities.js';
import { ACCESSES } from '../../dynsec/entities.js';
import type { AclCheck } from '../../gate/authorize.js';
import type { ExplainHeld } from '../../gate/explain.js';
import { showValue } from '../../dynsec/show-value.js';
import { RequestError } from '../errors.js';
import { sendJson } from '../json-answer.js';
import { MAX_BODY_BYTES } from '../read-body.js';
import { requireJson } from './require-json.js';

/** `POST /explain`: a decision with everything that was looked at. */
export function createExplainRoute(explain: ExplainHeld): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.post('/explain', requireJson, json({ limit: MAX_BODY_BYTES }), async (request, response) => {
    sendJson(response, 200, await explain(parseExplainRequest(request.body)));
  });
  return router;
}

function parseExplainRequest(body: unknown): AclCheck {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new RequestError('invalid_request', 'body: must be a JSON object');
  }
  const fields = new Map<string, unknown>(Object.entries(body));
  const topic = optionalText(fields, 'topic');
  if (topic === null) throw new RequestError('invalid_request', 'topic: is missing');
  const access = parseAccess(fields);
  return {
    username: optionalText(fields, 'username'),
    clientid: optionalText(fields, 'clientid'),
    topic,
    access,
  };
}

/** A string, or null where it is absent or null. */
function optionalText(fields: ReadonlyMap<string, unknown>, name: string): string | null {
  const value = fields.get(name) ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new RequestError('invalid_request', `${name}: must be a string`);
}

/** The words of MQTT and dynsec, beside the numbers of the check protocol. */
const WORDS: ReadonlyMap<unknown, Access> = new Map<unknown, Access>([
  ...ACCESSES.map((access) => [access, access] as const),
  ['receive', 'publishClientReceive'],
  ['publish', 'publishClientSend'],
  ...[1, '1'].map((acc) => [acc, 'publishClientReceive'] as const),
  ...[2, '2'].map((acc) => [acc, 'publishClientSend'] as const),
  ...[4, '4'].map((acc) => [acc, 'subscribe'] as const),
  ...[8, '8'].map((acc) => [acc, 'unsubscribe'] as const),
]);

function parseAccess(fields: ReadonlyMap<string, unknown>): Access {
  const name = fields.has('access') ? 'access' : 'acc';
  const value = fields.get(name);
  if (value === undefined) throw new RequestError('invalid_request', 'access: is missing (or acc)');
  const access = WORDS.get(value);
  if (access) return access;
  const known = name === 'acc' ? '1, 2, 4, 8' : `${ACCESSES.join(', ')}, publish, receive`;
  throw new RequestError('invalid_request', `${name}: ${showValue(value)} is not one of ${known}`);
}
