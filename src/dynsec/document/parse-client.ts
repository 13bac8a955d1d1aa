import { clientIdPatternProblem } from '../clientid-binding.js';
import type { Client, Role, StoredPassword } from '../entities.js';
import { isJsonObject } from './members.js';
import type { Members } from './members.js';
import type { Interner } from './parse-references.js';
import { parseRoleReferences } from './parse-references.js';
import { parseTexts } from './texts.js';

/** What a group's list of clients says of one of them is put in later: see `parse-configuration.ts`. */
export type ClientWithoutGroups = Omit<Client, 'groups'>;

const KNOWN = new Set([
  ...['username', 'clientid', 'clientids', 'textname', 'textdescription', 'disabled', 'superuser'],
  ...['attributes', 'roles', 'encoded_password', 'password', 'salt', 'iterations'],
]);

/** Reads one client that has a name. */
export function parseClient(
  members: Members,
  username: string,
  roles: ReadonlyMap<string, Role>,
  intern: Interner,
): ClientWithoutGroups {
  const password = parsePassword(members);
  const attributes = parseAttributes(members);
  return {
    username,
    ...parseBinding(members),
    ...parseTexts(members),
    disabled: members.boolean('disabled', { severity: 'error' }) ?? false,
    superuser: members.boolean('superuser', { severity: 'error' }) ?? false,
    ...(attributes ? { attributes } : {}),
    roles: parseRoleReferences(members, roles, intern),
    ...(password ? { password } : {}),
    ...members.extra(KNOWN),
  };
}

/**
 * SECURITY: a binding that cannot be read is an error, for without it any client id would do.
 */
function parseBinding(members: Members): Pick<Client, 'clientid' | 'clientids'> {
  const clientid = members.string('clientid', { severity: 'error' });
  const clientids = parseClientIds(members);
  if (clientid && clientids) {
    members.report('clientids', 'cannot stand beside clientid', { severity: 'error' });
  }
  // An empty client id is none: any will do.
  return { ...(clientid ? { clientid } : {}), ...(clientids ? { clientids } : {}) };
}

function parseClientIds(members: Members): readonly string[] | undefined {
  const value = members.get('clientids');
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    members.report('clientids', 'must be a list of patterns, not an empty one', { severity: 'error' });
    return undefined;
  }
  const patterns: readonly unknown[] = value;
  return patterns.flatMap((pattern) => {
    const problem = typeof pattern === 'string' ? clientIdPatternProblem(pattern) : 'is not a string';
    if (problem === undefined) return [String(pattern)];
    members.report('clientids', `a pattern ${problem}`, { severity: 'error' });
    return [];
  });
}

const RESERVED = new Set(['username', 'clientid', 'group']);

function parseAttributes(members: Members): ReadonlyMap<string, string> | undefined {
  const value = members.get('attributes');
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    members.report('attributes', 'must be an object', { severity: 'error' });
    return undefined;
  }
  const attributes = new Map<string, string>();
  for (const name of Object.keys(value)) {
    const text = value[name];
    const problem = attributeProblem(name, text);
    if (problem !== undefined) members.report('attributes', `\`${name}\` ${problem}`, { severity: 'error' });
    else attributes.set(name, String(text));
  }
  return attributes;
}

function attributeProblem(name: string, value: unknown): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return 'is not a name for an attribute ([A-Za-z][A-Za-z0-9_]*)';
  if (RESERVED.has(name)) return 'is a reserved name';
  return typeof value === 'string' ? undefined : 'must be a string';
}

/** PARITY: an encoded password wins over a triple, even one that nothing fits (2.1.2). */
function parsePassword(members: Members): StoredPassword | undefined {
  const secret = { severity: 'warning', isSecret: true } as const;
  const encoded = members.string('encoded_password', secret);
  if (encoded !== undefined) return { encoded };
  const password = members.string('password', secret);
  const salt = members.string('salt', secret);
  const iterations = members.number('iterations') ?? NaN;
  // What is beyond the range of numbers could not be written again.
  if (password !== undefined && salt !== undefined && Number.isFinite(iterations)) {
    return { password, salt, iterations };
  }
  if (password !== undefined || salt !== undefined) {
    members.reportSelf('has a password without all of password, salt and iterations: it cannot log in');
  }
  return undefined;
}
