import type { Request } from 'express';
import { RequestError } from '../errors.js';

/** A parameter of the query, once; undefined where it is absent. @throws RequestError for several of one name. */
export function textParameter(request: Request, name: string): string | undefined {
  const value = request.query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new RequestError('invalid_request', `${name}: is there more than once`);
}

/** `true` or `false`, false where it is absent. @throws RequestError for anything else. */
export function booleanParameter(request: Request, name: string): boolean {
  const value = textParameter(request, name);
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new RequestError(
    'invalid_request',
    `${name}: \`${value.slice(0, 40)}\` is neither \`true\` nor \`false\``,
  );
}

/** A whole number within bounds. @throws RequestError for anything else. */
export function integerParameter(
  request: Request,
  name: string,
  { min, max, ifAbsent }: { readonly min: number; readonly max: number; readonly ifAbsent: number },
): number {
  const value = textParameter(request, name);
  if (value === undefined) return ifAbsent;
  const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (number >= min && number <= max) return number;
  const range = `from ${String(min)} to ${String(max)}`;
  throw new RequestError(
    'invalid_request',
    `${name}: \`${value.slice(0, 40)}\` is not a whole number ${range}`,
  );
}
