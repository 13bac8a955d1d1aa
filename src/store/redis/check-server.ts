import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Cluster } from 'ioredis';
import type { RedisKind } from './redis-address.js';
import type { RedisConnection } from './redis-scripts.js';

/** What is checked, and by which key. */
export interface ServerCheck {
  readonly kind: RedisKind;
  /** Of the realm; is written, read and deleted. */
  readonly probeKey: string;
}

/** What speaks against a Redis, for people. */
export interface ServerFindings {
  /** With one of these a realm may not be kept there. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** Long enough to read it back; where it cannot be deleted it goes by itself. */
const PROBE_TTL_MS = 10_000;

/**
 * Whether a Redis can be trusted with a realm: it takes writes, does not drop what it was given, and keeps it over a
 * restart. Of a cluster every master is asked. What may not be asked of it is a warning. One that cannot be written to is
 * asked nothing more.
 * @throws Error where it does not answer: then nothing is known.
 */
export async function checkServer(
  connection: RedisConnection,
  { kind, probeKey }: ServerCheck,
): Promise<ServerFindings> {
  const probed = await probe(connection, { kind, probeKey });
  // ioredis leaves a server that is read-only, and cannot be asked anything else then.
  if (probed.refusals.length > 0) return probed;
  const findings = [probed];
  if (connection instanceof Cluster) {
    for (const node of connection.nodes('master')) findings.push(await checkMaster(node));
  } else {
    findings.push(await checkNode(connection, kind));
  }
  return {
    refusals: findings.flatMap(({ refusals }) => refusals),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

/** By writing, for that is what it is about: a replica, a user without the rights, a full disk all say so. */
async function probe(
  connection: RedisConnection,
  { kind, probeKey: key }: ServerCheck,
): Promise<ServerFindings> {
  const value = randomUUID();
  try {
    await connection.set(key, value, 'PX', PROBE_TTL_MS);
    const found = await connection.get(key);
    await connection.del(key);
    return found === value ? FINE : refused(`\`${key}\` was written and reads differently`);
  } catch (error) {
    const { message } = replyOf(error);
    // A master that sentinels have just replaced: the next connection is to the one in its place.
    if (message.startsWith('READONLY') && kind === 'sentinel') throw error;
    if (message.startsWith('READONLY')) return refused(`Redis is read-only: ${message}`);
    if (message.startsWith('NOPERM'))
      return refused(`the user of Redis may not work on \`${key}\`: ${message}`);
    // A full disk, replicas that are away, memory that is used up: nothing that has to stay so.
    return warned(`Redis takes no writes now: ${message}`);
  }
}

async function checkMaster(node: Redis): Promise<ServerFindings> {
  const { host = '', port = 0 } = node.options;
  const name = `${host}:${String(port)}`;
  try {
    const { refusals, warnings } = await checkNode(node, 'cluster');
    const named = (texts: readonly string[]): string[] => texts.map((text) => `${name}: ${text}`);
    return { refusals: named(refusals), warnings: named(warnings) };
  } catch (error) {
    // The others may have all that the realm needs.
    return warned(`${name}: could not be asked: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

async function checkNode(node: Redis, kind: RedisKind): Promise<ServerFindings> {
  const info = await answerOf(() => node.info());
  if (info === undefined) return warned('INFO is not permitted: what Redis evicts and keeps is not known');
  const fields = parseInfo(info);
  const checks = [checkEviction(fields), await checkPersistence(node, fields)];
  if (kind === 'sentinel') checks.push(await checkReplicas(node, fields));
  return {
    refusals: checks.flatMap(({ refusals }) => refusals),
    warnings: checks.flatMap(({ warnings }) => warnings),
  };
}

type Fields = ReadonlyMap<string, string>;

/** Nothing of a realm has a TTL, but what became of a commit: that is all that `volatile-*` may drop. */
function checkEviction(fields: Fields): ServerFindings {
  const policy = fields.get('maxmemory_policy') ?? '';
  if (policy.startsWith('allkeys-')) {
    return refused(
      `maxmemory-policy \`${policy}\` drops clients and roles when memory is short: set \`noeviction\``,
    );
  }
  if (!policy.startsWith('volatile-') || fields.get('maxmemory') === '0') return FINE;
  return warned(
    `maxmemory-policy \`${policy}\` may drop what tells a change from a lost answer: \`noeviction\` does not`,
  );
}

async function checkPersistence(node: Redis, fields: Fields): Promise<ServerFindings> {
  if (fields.get('aof_enabled') === '1') return FINE;
  const save = await configOf(node, 'save');
  if (save === undefined)
    return warned('CONFIG GET is not permitted: whether Redis saves its data is not known');
  return save === '' ? warned('Redis keeps nothing over a restart: set `appendonly yes`') : FINE;
}

/** A master that is cut off from its replicas goes on taking writes that are lost later. */
async function checkReplicas(node: Redis, fields: Fields): Promise<ServerFindings> {
  // Only told where it is set.
  if (fields.has('min_slaves_good_slaves')) return FINE;
  const least = await configOf(node, 'min-replicas-to-write');
  if (least === undefined) return warned('CONFIG GET is not permitted: min-replicas-to-write is not known');
  return least === '0'
    ? warned('min-replicas-to-write is 0: a master that has been cut off takes changes that are lost later')
    : FINE;
}

/** @returns undefined where it may not be asked, or there is no such option. */
async function configOf(node: Redis, name: string): Promise<string | undefined> {
  const reply = await answerOf(() => node.config('GET', name));
  const value: unknown = Array.isArray(reply) ? (reply as readonly unknown[])[1] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** @returns undefined where Redis refuses to answer. @throws Error where it does not answer. */
async function answerOf<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    replyOf(error);
    return undefined;
  }
}

/** The error that Redis answered. @throws unknown what is no answer. */
function replyOf(error: unknown): Error {
  if (error instanceof Error && error.name === 'ReplyError') return error;
  throw error;
}

function parseInfo(text: string): Fields {
  const lines = text.split('\r\n').map((line) => /^([^:#]+):(.*)$/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[1] ?? '', match[2] ?? '']] : [])));
}

const FINE: ServerFindings = { refusals: [], warnings: [] };

function refused(text: string): ServerFindings {
  return { refusals: [text], warnings: [] };
}

function warned(text: string): ServerFindings {
  return { refusals: [], warnings: [text] };
}
