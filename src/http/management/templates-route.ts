import type { Request } from 'express';
import { json, Router } from 'express';
import type { AskEnforcement } from '../../gate/enforcement.js';
import type { RealmTemplates, TemplateApplication } from '../../gate/templates/realm-templates.js';
import type { RoleTemplate } from '../../gate/templates/role-template.js';
import { TemplateError } from '../../gate/templates/template-error.js';
import { RequestError } from '../errors.js';
import { sendJson } from '../json-answer.js';
import { MAX_BODY_BYTES } from '../read-body.js';
import { callerOf } from './caller.js';
import { readWait } from './enforced-header.js';
import { booleanParameter } from './query.js';
import { requireJson } from './require-json.js';
import { sendCommandResult } from './send-command-result.js';

/** `GET /templates`, `GET /templates/NAME` and `POST /templates/NAME/apply`: roles that are made of templates. */
export function createTemplatesRoute(templates: RealmTemplates, awaitEnforcement: AskEnforcement): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/templates', (_request, response) => {
    sendJson(response, 200, { templates: templates.list().map(({ name, title }) => ({ name, title })) });
  });
  router.get('/templates/:name', (request, response) => {
    sendJson(
      response,
      200,
      answered(() => describeTemplate(templates.find(nameIn(request)))),
    );
  });
  router.post(
    '/templates/:name/apply',
    requireJson,
    json({ limit: MAX_BODY_BYTES }),
    async (request, response) => {
      const application = parseApplication(nameIn(request), request.body);
      const commands = answered(() => templates.plan(application));
      const tellEnforced = readWait(request, awaitEnforcement);
      if (booleanParameter(request, 'dry-run')) {
        sendJson(response, 200, { commands });
        return;
      }
      const result = await templates.apply(application, callerOf(request));
      await tellEnforced(response, result.revision);
      sendCommandResult(response, result);
    },
  );
  return router;
}

function nameIn(request: Request): string {
  const { name } = request.params;
  return typeof name === 'string' ? name : '';
}

/** What a template has no answer for is the caller's mistake. */
function answered<T>(ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    if (!(cause instanceof TemplateError)) throw cause;
    const kind = cause.code === 'not_found' ? 'not_found' : 'unprocessable';
    throw new RequestError(kind, cause.message, { cause });
  }
}

function describeTemplate({ name, title, description, parameters, acls }: RoleTemplate): object {
  const described = [...parameters].map(([parameter, properties]) => ({ name: parameter, ...properties }));
  return { name, title, description, parameters: described, acls };
}

const MEMBERS = ['set', 'rolename', 'replace'];

function parseApplication(name: string, body: unknown): TemplateApplication {
  const members = membersOf('body', body);
  const unknown = [...members.keys()].find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) {
    throw new RequestError(
      'invalid_request',
      `\`${unknown.slice(0, 40)}\` is not one of ${MEMBERS.join(', ')}`,
    );
  }
  return {
    name,
    values: parseValues(members.get('set')),
    rolename: parseRolename(members.get('rolename')),
    isReplacing: parseReplace(members.get('replace')),
  };
}

function parseValues(set: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [parameter, value] of set === undefined ? [] : membersOf('set', set)) {
    if (typeof value !== 'string') {
      throw new RequestError('invalid_request', `set.${parameter.slice(0, 40)}: must be a string`);
    }
    values.set(parameter, value);
  }
  return values;
}

function parseRolename(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new RequestError('invalid_request', 'rolename: must be a string');
}

function parseReplace(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new RequestError('invalid_request', 'replace: must be true or false');
}

function membersOf(name: string, value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value));
  }
  throw new RequestError('invalid_request', `${name}: must be a JSON object`);
}
