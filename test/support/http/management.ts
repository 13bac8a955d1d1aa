/** Requests of administrators, and a document that has some. */
import { allow, allowAll, documentOf } from '../e2e/document.js';
import { type Answer, call } from './call.js';

/** A token that opens management; there are two of them. */
export const ADMIN_TOKEN = 'the token of who administers in tests';
export const OTHER_ADMIN_TOKEN = 'the token that takes its place next year';
/** What checks carry: it opens nothing else. */
export const CHECK_TOKEN = 'the token of the checks, long enough';

/** The topic to which administrators may publish. */
const COMMANDS = '$CONTROL/dynamic-security/v1';

const right = 'the right password';

/** Administrators of every kind, and those who are almost. */
export const MANAGEMENT_DOCUMENT: Readonly<Record<string, unknown>> = {
  ...(JSON.parse(
    documentOf({
      clients: [
        { username: 'admin', password: right, roles: ['admin'] },
        { username: 'admin:with:colons', password: right, roles: ['admin'] },
        { username: 'exact', password: right, roles: ['exact'] },
        { username: 'root', password: right, roles: [], superuser: true },
        { username: 'grouped', password: right, roles: [] },
        { username: 'bound', password: right, roles: ['admin'], clientid: 'its own' },
        { username: 'bound to any', password: right, roles: ['admin'], clientids: ['*'] },
        { username: 'disabled', password: right, roles: ['admin'], disabled: true },
        { username: 'reader', password: right, roles: ['reader'] },
        { username: 'denied', password: right, roles: ['a denial', 'admin'] },
        { username: 'device', password: right, roles: ['device', 'fallback'] },
      ],
      roles: {
        admin: allowAll('$CONTROL/#'),
        exact: [allow('publishClientSend', COMMANDS)],
        reader: [allow('publishClientReceive', '$CONTROL/#'), allow('subscribePattern', '$CONTROL/#')],
        'a denial': [{ acltype: 'publishClientSend', topic: COMMANDS, allow: false }],
        everything: allowAll('#'),
        device: [
          ...allowAll('devices/%u/#'),
          { acltype: 'publishClientSend', topic: 'devices/%u/ro', allow: false },
        ],
        fallback: [allow('publishClientSend', 'public/%c')],
      },
    }),
  ) as object),
  groups: [
    { groupname: 'admins', roles: [{ rolename: 'admin' }], clients: [{ username: 'grouped' }] },
    { groupname: 'anyone', roles: [{ rolename: 'admin' }], clients: [] },
  ],
  anonymousGroup: 'anyone',
};

/** The password of everybody there. */
export const RIGHT_PASSWORD = right;

/** Asks for an explanation; a header of undefined is left out. */
export function explain(
  url: string,
  asked: unknown,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  const all = { 'Content-Type': 'application/json', Authorization: `Bearer ${ADMIN_TOKEN}`, ...headers };
  const sent = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return call(url, '/v1/explain', {
    headers: Object.fromEntries(sent) as Record<string, string>,
    body: typeof asked === 'string' ? asked : JSON.stringify(asked),
  });
}

/** Asks for the metrics. */
export function metrics(url: string, authorization = `Bearer ${ADMIN_TOKEN}`): Promise<Answer> {
  return call(url, '/metrics', { method: 'GET', headers: { Authorization: authorization } });
}
