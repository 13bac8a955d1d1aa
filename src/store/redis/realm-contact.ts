import { RecordError } from '../../dynsec/records/errors.js';
import type { RealmInstance } from '../../gate/ports.js';
import { listOf, pairsOf, textOf } from './redis-reply.js';
import type { RedisClock } from './redis-clock.js';
import type { RealmSource } from './read-realm.js';

/** What an instance says of itself. */
export type InstanceAnnouncement = Omit<RealmInstance, 'id' | 'heardMsAgo'>;

/** How far the realm is in Redis, and who follows it. */
export interface RealmHead {
  /** Empty: there is no realm. */
  readonly revision: string;
  readonly instances: readonly RealmInstance[];
}

/** For how long an announcement counts. */
export const ANNOUNCEMENT_KEPT_MS = 10_000;

/** Asks how far the realm is, and says that this instance is there. */
export class RealmContact {
  constructor(
    private readonly source: RealmSource,
    private readonly options: {
      readonly id: string;
      readonly clock: RedisClock;
      /** Contact is only what can be written to: what answers may be a master that the others have left. */
      readonly mustWrite: boolean;
    },
  ) {}

  /** @throws the errors of the connection and of Redis. */
  async announce(announcement: InstanceAnnouncement): Promise<RealmHead> {
    try {
      return await this.#announce(JSON.stringify(announcement));
    } catch (error) {
      if (this.options.mustWrite || !isRefusedWrite(error)) throw error;
      const { scripts, connection } = this.source;
      return this.#read(await scripts.head.run(connection, this.#keys, []));
    }
  }

  /** Says that this instance ends. */
  async leave(): Promise<void> {
    await this.#announce('');
  }

  async #announce(text: string): Promise<RealmHead> {
    const { scripts, connection } = this.source;
    const args = [this.options.id, text, String(ANNOUNCEMENT_KEPT_MS)];
    return this.#read(await scripts.announce.run(connection, this.#keys, args));
  }

  get #keys(): readonly string[] {
    const { meta, instances } = this.source.keys;
    return [meta, instances];
  }

  #read(reply: unknown): RealmHead {
    const [head, now, instances] = listOf(reply);
    const redisMs = Number(textOf(now));
    this.options.clock.set(redisMs, performance.now());
    return {
      revision: textOf(head),
      instances: pairsOf(instances).flatMap(([id, text = '']) => readInstance(id, text, redisMs)),
    };
  }
}

function readInstance(id: string, text: string, nowMs: number): readonly RealmInstance[] {
  const space = text.indexOf(' ');
  const heardMsAgo = nowMs - Number(text.slice(0, space));
  if (heardMsAgo > ANNOUNCEMENT_KEPT_MS) return [];
  try {
    return [{ ...(JSON.parse(text.slice(space + 1)) as InstanceAnnouncement), id, heardMsAgo }];
  } catch (cause) {
    throw new RecordError(`the announcement of instance \`${id}\` cannot be read`, { cause });
  }
}

/** A full disk or a full memory, say: what is there can be read all the same. */
function isRefusedWrite(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(?:MISCONF|OOM|NOREPLICAS|NOPERM)\b|-(?:MISCONF|OOM|NOREPLICAS)/.test(error.message)
  );
}
