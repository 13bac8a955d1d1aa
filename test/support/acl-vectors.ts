/**
 * The recorded ACL decisions of Mosquitto 2.1.2 (`test/vectors/acl-2.1.json`), as requests to Gatehouse, with the
 * answers that Gatehouse gives on purpose otherwise (`test/vectors/acl-deviations.json`, by full content).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Access } from '../../src/dynsec/entities.js';

/** One recorded decision. */
export interface AclVector {
  /** Names repeat: it says what a case is about, not which one it is. */
  readonly name: string;
  /** A parsed dynamic-security.json. */
  readonly config: unknown;
  readonly request: {
    readonly username: string | null;
    readonly clientid: string | null;
    readonly access: Access;
    readonly topic: string;
  };
  /** What Mosquitto answered. */
  readonly recorded: boolean;
  /** Why we answer otherwise, on purpose; absent where we do not. */
  readonly deviation?: AclDeviation;
}

/** A recorded case that Gatehouse answers otherwise. */
export interface AclDeviation {
  readonly reason: string;
  readonly ours: boolean;
  /** The whole recorded case but for its name. */
  readonly case: unknown;
}

interface RecordedCase {
  readonly name: string;
  readonly config: unknown;
  readonly username: string | null;
  readonly clientid: string | null;
  readonly access: 'read' | 'write' | 'subscribe' | 'unsubscribe';
  readonly topic: string;
  readonly allowed: boolean;
}

const ACCESS_OF: Readonly<Record<RecordedCase['access'], Access>> = {
  read: 'publishClientReceive',
  write: 'publishClientSend',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
};

/** Every recorded ACL decision. Those without a user name were recorded where anonymous clients are allowed. */
export function aclVectors(): AclVector[] {
  const deviations = aclDeviations();
  const cases = readVectors('acl-2.1.json') as readonly RecordedCase[];
  return cases.map((recordedCase) => {
    const { name, ...content } = recordedCase;
    const { config, username, clientid, access, topic, allowed } = content;
    const deviation = deviations.find((candidate) => isDeepStrictEqual(candidate.case, content));
    const request = { username, clientid, access: ACCESS_OF[access], topic };
    return { name, config, request, recorded: allowed, ...(deviation && { deviation }) };
  });
}

/** The recorded ACL decisions that we answer otherwise. */
export function aclDeviations(): AclDeviation[] {
  return readVectors('acl-deviations.json') as AclDeviation[];
}

function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '..', 'vectors', file), 'utf8'));
}
