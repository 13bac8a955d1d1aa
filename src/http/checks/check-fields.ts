import type { IncomingHttpHeaders } from 'node:http';
import type { Access } from '../../dynsec/entities.js';
import { showValue } from '../../dynsec/show-value.js';
import { RequestError } from '../errors.js';

/** What is to be allowed: all of it. */
export type Accesses = readonly [Access, ...Access[]];

/** The fields of a check, by name. Null and empty are the same: empty. */
export interface CheckFields {
  /** @throws RequestError where the field is absent or no string. */
  text(name: string): string;
  /** The accesses that `acc` stands for. @throws RequestError where it stands for none. */
  accesses(): Accesses;
}

/** Reads the body of a check, JSON or form. @throws RequestError naming what is wrong with it. */
export function parseCheckFields(headers: IncomingHttpHeaders, body: Buffer): CheckFields {
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw invalid(`content-encoding: \`${headers['content-encoding']}\` is not read; send the body as it is`);
  }
  const type = headers['content-type'] ?? '';
  // What go-auth sends, to the letter.
  if (type === 'application/json') return new Fields(parseJsonObject(body));
  const [mediaType = ''] = type.split(';', 1);
  switch (mediaType.trim().toLowerCase()) {
    case 'application/json':
      return new Fields(parseJsonObject(body));
    case 'application/x-www-form-urlencoded':
      return new Fields(Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
    default:
      throw invalid(
        `content-type: \`${type}\` is neither \`application/json\` nor \`application/x-www-form-urlencoded\``,
      );
  }
}

function parseJsonObject(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    // The parser's own message shows a part of the body, which may be of a password.
    throw new RequestError('invalid_request', 'body: is not valid JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('body: must be a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** What `acc` means, a number or its text: 3 is asked by older callers, and both must be allowed. */
const ACCESSES: ReadonlyMap<unknown, Accesses> = new Map<unknown, Accesses>(
  (
    [
      [1, ['publishClientReceive']],
      [2, ['publishClientSend']],
      [3, ['publishClientReceive', 'publishClientSend']],
      [4, ['subscribe']],
      [8, ['unsubscribe']],
    ] as const
  ).flatMap(([acc, accesses]) => [
    [acc, accesses],
    [String(acc), accesses],
  ]),
);

class Fields implements CheckFields {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  text(name: string): string {
    const value = this.#get(name);
    if (typeof value === 'string') return value;
    if (value === null) return '';
    throw invalid(
      value === undefined ? `${name}: is missing` : `${name}: must be a string, not ${kindOf(value)}`,
    );
  }

  accesses(): Accesses {
    const acc = this.#get('acc');
    if (acc === undefined) throw invalid('acc: is missing');
    const accesses = ACCESSES.get(acc);
    if (accesses) return accesses;
    throw invalid(`acc: ${showValue(acc)} is not one of 1, 2, 3, 4, 8`);
  }

  /** SECURITY: members of the body alone, none that objects have by themselves. */
  #get(name: string): unknown {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}

function invalid(message: string): RequestError {
  return new RequestError('invalid_request', message);
}
