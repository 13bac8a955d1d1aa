import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster, Redis } from 'ioredis';

/** A connection to whatever Redis it is. */
export type RedisConnection = Redis | Cluster;

type Runner = (keyCount: number, ...keysAndArguments: readonly string[]) => Promise<unknown>;

/** A Lua script. */
export class RedisScript {
  /** @param name under which connections know it. */
  constructor(
    private readonly name: string,
    private readonly lua: string,
  ) {}

  /**
   * INVARIANT: before the connection is used. A pipeline that has begun to form does not know a script that comes later:
   * it mixes up the answers of all that is asked in the same turn of the event loop (ioredis 6.0.0).
   */
  define(connection: RedisConnection): void {
    connection.defineCommand(this.name, { lua: this.lua });
  }

  /**
   * @returns the answer as ioredis has it: strings, null, and lists of these.
   * @throws TypeError where the connection does not know it.
   */
  run(connection: RedisConnection, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const run = Reflect.get(connection, this.name) as Runner | undefined;
    if (!run) throw new TypeError(`the connection does not know \`${this.name}\``);
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

/** To be called before the connection is used: see {@link RedisScript.define}. */
export function defineScripts(scripts: RedisScripts, connection: RedisConnection): void {
  for (const script of Object.values(scripts)) script.define(connection);
}

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
