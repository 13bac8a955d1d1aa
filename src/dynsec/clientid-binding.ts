import type { Client } from './entities.js';
import type { TemplateLevel } from './topic-template.js';
import { parseTextTemplate, substituteLevel } from './topic-template.js';

/** What is wrong with a pattern of client ids, or undefined where nothing is. */
export function clientIdPatternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'is empty';
  const star = pattern.indexOf('*');
  if (star !== -1 && star < pattern.length - 1) return 'has a `*` that is not its last character';
  const template = parseTextTemplate(withoutStar(pattern));
  if (template.kind !== 'variable') return undefined;
  if (template.variable === null) return 'has more than one variable';
  if (template.variable === 'clientid') return 'refers to the client id that it is to bind';
  return template.variable === 'group' ? 'refers to a group, which a client id has none of' : undefined;
}

/**
 * Whether a client may connect with this client id, and act under it. A client without a binding may use any.
 * Null, a client id that is not known, fits no binding; one with NUL is none that anybody may use.
 */
export function isClientIdAllowed(client: Client, clientid: string | null): boolean {
  if (clientid?.includes('\0')) return false;
  if (client.clientid !== undefined) return client.clientid === clientid;
  if (client.clientids === undefined) return true;
  return clientid !== null && client.clientids.some((pattern) => matchesPattern(pattern, client, clientid));
}

/** INVARIANT: the `*` is taken off before a value is put in, so that a value cannot bring one. */
function matchesPattern(pattern: string, client: Client, clientid: string): boolean {
  const start = substitute(parseTextTemplate(withoutStar(pattern)), client);
  if (start === undefined) return false;
  if (!pattern.endsWith('*')) return clientid === start;
  return clientid.startsWith(start) && isStarText(clientid.slice(start.length), start.at(-1));
}

/**
 * Whether `*` stands for this text: one character or more, none of them `/ + #` or NUL, nor the one before the `*`,
 * so that `fleet1-*` is not also the owner of `fleet1-eu-7`.
 */
function isStarText(text: string, separator: string | undefined): boolean {
  return text !== '' && !/[+#/\0]/.test(text) && (separator === undefined || !text.includes(separator));
}

function withoutStar(pattern: string): string {
  return pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
}

function substitute(template: TemplateLevel, client: Client): string | undefined {
  if (template.kind !== 'variable') return template.text;
  const { username, attributes } = client;
  return substituteLevel(template, { username, clientid: null, group: null, attributes });
}
