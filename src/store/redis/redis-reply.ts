/** Replies of Redis, of which ioredis says nothing but that they are there. */
import { RecordError } from '../../dynsec/records/errors.js';

/** A reply that is a list. @throws RecordError */
export function listOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply as readonly unknown[];
  throw new RecordError('the reply of Redis is not a list');
}

/** A reply that is text. @throws RecordError */
export function textOf(reply: unknown): string {
  if (typeof reply === 'string') return reply;
  throw new RecordError('the reply of Redis is not text');
}

/** Names and values that come one after the other; a value may be missing. */
export function pairsOf(reply: unknown): readonly (readonly [name: string, value: string | undefined])[] {
  const list = listOf(reply);
  return Array.from({ length: list.length >> 1 }, (_, i) => {
    const value = list[2 * i + 1];
    return [textOf(list[2 * i]), typeof value === 'string' ? value : undefined] as const;
  });
}
