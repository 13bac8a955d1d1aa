/** What an Authorization header says. */
export type Authorization =
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string };

/** Reads an Authorization header (RFC 7617, RFC 6750); undefined where it is absent or neither. */
export function parseAuthorization(header: string | undefined): Authorization | undefined {
  const [, scheme, rest] = /^(\w+) +(.*)$/.exec(header ?? '') ?? [];
  if (rest === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer') return { scheme: 'bearer', token: rest };
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  const text = Buffer.from(rest, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  return { scheme: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
}
