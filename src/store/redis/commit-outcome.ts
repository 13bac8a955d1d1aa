import { RecordError } from '../../dynsec/records/errors.js';
import { StoreError } from '../../gate/errors.js';
import { listOf, textOf } from './redis-reply.js';

/** What a script that commits says. */
export type ScriptOutcome =
  | { readonly kind: 'written'; readonly revision: string; readonly previous: string }
  /** The deadline had passed by Redis's clock: nothing is written. */
  | { readonly kind: 'late'; readonly redisMs: number }
  /** Something that was read is different now: nothing is written. */
  | { readonly kind: 'conflict'; readonly what: string; readonly name: string }
  /** A staged part has expired: nothing is written. */
  | { readonly kind: 'lost' };

/** @throws StoreError for a realm of another schema, RecordError for an answer that is none. */
export function readOutcome(reply: unknown): ScriptOutcome {
  const [kind, first, second] = listOf(reply);
  switch (kind) {
    case 'written':
      return { kind, revision: textOf(first), previous: textOf(second) };
    case 'late':
      return { kind, redisMs: Number(first) };
    case 'conflict':
      return { kind, what: textOf(first), name: textOf(second) };
    case 'lost':
      return { kind };
    case 'schema':
      throw new StoreError(
        `the realm has schema \`${String(first)}\`, which this gatehouse does not know: nothing is changed`,
      );
    default:
      throw new RecordError('the answer of the commit script is not known');
  }
}
