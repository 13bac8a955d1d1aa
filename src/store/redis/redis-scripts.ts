import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster, Redis } from 'ioredis';

/** A connection to whatever Redis it is. */
export type RedisConnection = Redis | Cluster;

type Runner = (keyCount: number, ...keysAndArguments: readonly string[]) => Promise<unknown>;

/** A Lua script; each connection learns it when it first runs it. */
export class RedisScript {
  readonly #knownBy = new WeakSet<RedisConnection>();

  /** @param name under which connections know it. */
  constructor(
    private readonly name: string,
    private readonly lua: string,
  ) {}

  /** @returns the answer as ioredis has it: strings, null, and lists of these. */
  run(connection: RedisConnection, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    if (!this.#knownBy.has(connection)) {
      connection.defineCommand(this.name, { lua: this.lua });
      this.#knownBy.add(connection);
    }
    const run = Reflect.get(connection, this.name) as Runner;
    return run.call(connection, keys.length, ...keys, ...args);
  }
}

const SCRIPT_FILES = {
  commit: 'commit.lua',
  swap: 'swap.lua',
  policy: 'policy.lua',
  changesSince: 'changes-since.lua',
  announce: 'announce.lua',
  head: 'head.lua',
  clients: 'clients.lua',
} as const;

/** All scripts of the store. */
export type RedisScripts = Readonly<Record<keyof typeof SCRIPT_FILES, RedisScript>>;

/** Reads them. @param folder where the `.lua` files are. */
export async function loadRedisScripts(folder: string): Promise<RedisScripts> {
  const scripts = await Promise.all(
    Object.entries(SCRIPT_FILES).map(async ([name, file]) => {
      const command = `gatehouse${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return [name, new RedisScript(command, await readFile(join(folder, file), 'utf8'))];
    }),
  );
  return Object.fromEntries(scripts) as RedisScripts;
}
