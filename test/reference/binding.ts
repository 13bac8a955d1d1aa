/**
 * With which client ids a client may ask: `clientid` is one string, `clientids` are templates, any of which may
 * match. A template holds at most one variable (`%u` as the whole of it, or braces), and may end in `*`: one
 * or more characters other than `/`, `+`, `#` and the one before the `*`.
 */
import type { PlainClient } from './document.js';

/** Whether the client may ask with this client id. Without one it may only if it is not bound. */
export function isBoundTo(client: PlainClient, clientid: string | undefined): boolean {
  if (client.clientid !== undefined && client.clientid !== clientid) return false;
  if (client.clientids === undefined) return true;
  return clientid !== undefined && client.clientids.some((template) => fits(client, template, clientid));
}

function fits(client: PlainClient, template: string, clientid: string): boolean {
  const hasStar = template.endsWith('*');
  const fixed = expand(client, hasStar ? template.slice(0, -1) : template);
  if (fixed === undefined) return false;
  if (!hasStar) return clientid === fixed;
  const forbidden = `/+#${[...template].at(-2) ?? ''}`;
  const rest = clientid.slice(fixed.length);
  return (
    clientid.startsWith(fixed) &&
    rest !== '' &&
    [...rest].every((character) => !forbidden.includes(character))
  );
}

/** Undefined where a value is missing or unsafe, or where the template holds more than it may. */
function expand(client: PlainClient, template: string): string | undefined {
  if (template.includes('*')) return undefined;
  const braced = template === '%u' ? '%{username}' : template;
  const variables = [...braced.matchAll(/%\{([A-Za-z][A-Za-z0-9_]*)\}/g)];
  if (variables.length === 0) return braced;
  if (variables.length > 1) return undefined;
  const [text, name = ''] = variables[0] ?? [''];
  const value = name === 'username' ? client.username : client.attributes.get(name);
  const isReserved = name === 'clientid' || name === 'group';
  if (isReserved || value === undefined || value === '' || /[+#/\0]/.test(value)) return undefined;
  return braced.split(text).join(value);
}
