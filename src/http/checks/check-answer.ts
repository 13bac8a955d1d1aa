import type { ServerResponse } from 'node:http';
import { closeLingering } from '../lingering-close.js';
import type { CheckUrl } from './check-url.js';

/** What a check is answered with. */
export interface CheckAnswer {
  /** 200 allows; a denial is never a 2xx, whatever the plugin's response mode; 5xx is no answer. */
  readonly status: number;
  /** The reason of everything but an allow. */
  readonly reason: string;
}

/** The answer that allows. */
export const ALLOW: CheckAnswer = { status: 200, reason: '' };

/** What nearly every check is answered with, ready to be sent. */
const ALLOW_BODY = '{"ok":true,"error":""}';
const ALLOW_HEADERS = {
  'Content-Type': 'application/json',
  'Content-Length': ALLOW_BODY.length,
  'Cache-Control': 'no-store',
} as const;

/** Writes an answer; the body of an allow in text mode is exactly `ok`. */
export function sendCheckAnswer(
  response: ServerResponse,
  { status, reason }: CheckAnswer,
  reply: CheckUrl['reply'],
): void {
  if (status === 200 && reply === 'json') {
    response.writeHead(status, ALLOW_HEADERS).end(ALLOW_BODY);
    return;
  }
  const body = reply === 'text' ? reason || 'ok' : `{"ok":false,"error":${JSON.stringify(reason)}}`;
  response.writeHead(status, {
    'Content-Type': reply === 'text' ? 'text/plain; charset=utf-8' : 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="gatehouse", Bearer' } : {}),
    ...(status === 405 ? { Allow: 'POST, PUT, GET' } : {}),
  });
  response.end(body);
  if (status === 413) closeLingering(response);
}
