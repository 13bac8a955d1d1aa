import type { CheckEvent } from '../../gate/ports.js';
import { RequestError } from '../errors.js';

/** Which of the three checks a request is. */
export type CheckKind = CheckEvent['check'];

/** What the URL of a check says. Fields never come from it. */
export interface CheckUrl {
  readonly check: CheckKind;
  /** `text`: the answer is a word, for the plugin's response mode of that name. */
  readonly reply: 'json' | 'text';
  /** As given; empty where it is not. */
  readonly broker: string;
  readonly token: string | undefined;
}

const CHECKS: ReadonlyMap<string, CheckKind> = new Map([
  ['/auth/user', 'user'],
  ['/auth/superuser', 'superuser'],
  ['/auth/acl', 'acl'],
]);

/** Which check this path is, to the letter; undefined for every other path. */
export function checkOf(url: string): CheckKind | undefined {
  const end = url.indexOf('?');
  return CHECKS.get(end === -1 ? url : url.slice(0, end));
}

/** A URL without a query. */
export function plainUrl(check: CheckKind): CheckUrl {
  return { check, reply: 'json', broker: '', token: undefined };
}

/** Reads the query of a check's URL. @throws RequestError naming the parameter. */
export function parseCheckUrl(check: CheckKind, url: string): CheckUrl {
  const start = url.indexOf('?');
  if (start === -1) return plainUrl(check);
  const query = new URLSearchParams(url.slice(start + 1));
  return {
    check,
    reply: parseReply(query.get('reply')),
    broker: query.get('broker') ?? '',
    token: query.get('token') ?? undefined,
  };
}

function parseReply(reply: string | null): CheckUrl['reply'] {
  if (reply === null || reply === 'json') return 'json';
  if (reply === 'text') return reply;
  throw new RequestError(
    'invalid_request',
    `reply: \`${reply.slice(0, 40)}\` is neither \`json\` nor \`text\``,
  );
}
