import { LRUCache } from 'lru-cache';
import type { Decision } from '../dynsec/decision.js';
import type { Client } from '../dynsec/entities.js';
import type { Policy } from '../dynsec/policy.js';
import type { Authorize } from '../gate/authorize.js';
import type { CacheSource, CacheStatus, PolicyStore } from '../gate/ports.js';
import { decisionBytes } from './decision-bytes.js';
import { decisionKey, decisionKeyPrefix } from './decision-key.js';
import { isSameClient } from './is-same-client.js';

/** How many bytes there may be for each entry, on the average. */
const BYTES_PER_ENTRY = 1_024;

/** A decision, and what it was made by. */
interface Entry {
  readonly policyVersion: number;
  /** Undefined: there is no such client, or no user name. */
  readonly client: Client | undefined;
  readonly decision: Decision;
}

/**
 * Remembers decisions of ACL checks, the least recently used of them making room. Taking it away changes speed alone: an
 * entry is good only for the version of the client and the policy that made it, which is found by comparing, so that
 * nothing has to be told of a change. What cannot be decided is asked for again each time.
 */
export class DecisionCache implements CacheSource {
  readonly name = 'decisions';
  readonly #entries: LRUCache<string, Entry>;
  readonly #maxEntries: number;
  #policy: Policy | undefined;
  /** Counts policies, so that entries need not keep those that are gone. */
  #policyVersion = 0;
  #hits = 0;
  #misses = 0;

  /** @param maxEntries how many decisions are kept at most, in about a kilobyte each; 1 or more. */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxEntries * BYTES_PER_ENTRY,
      sizeCalculation: ({ client }, key) => decisionBytes(key, client),
    });
  }

  /** The same answers as `authorize`, from memory where they are known. `authorize` decides by the same store. */
  decorate(store: PolicyStore, authorize: Authorize): Authorize {
    return (check) => {
      // Whether anything can be decided at all is asked each time. INVARIANT: nothing is awaited from here on, so that
      // `authorize` decides by this very snapshot.
      const snapshot = store.snapshot();
      const client = check.username ? snapshot.client(check.username) : undefined;
      const policyVersion = this.#versionOf(snapshot.policy);
      const key = decisionKey(check);
      const known = this.#entries.get(key);
      if (known?.policyVersion === policyVersion && isSameClient(known.client, client)) {
        this.#hits++;
        return known.decision;
      }
      this.#misses++;
      const decision = authorize(check);
      this.#entries.set(key, { policyVersion, client, decision: ownCopy(decision) });
      return decision;
    };
  }

  status(): CacheStatus {
    return {
      entries: this.#entries.size,
      maxEntries: this.#maxEntries,
      bytes: this.#entries.calculatedSize,
      hits: this.#hits,
      misses: this.#misses,
    };
  }

  /** Forgets everything, or what is known of one user name. @returns how many entries that was. */
  clear(username?: string): number {
    const before = this.#entries.size;
    if (username === undefined) this.#entries.clear();
    else this.#forget(decisionKeyPrefix(username));
    return before - this.#entries.size;
  }

  #forget(prefix: string): void {
    for (const key of [...this.#entries.keys()]) {
      if (key.startsWith(prefix)) this.#entries.delete(key);
    }
  }

  #versionOf(policy: Policy): number {
    if (policy !== this.#policy) {
      this.#policy = policy;
      this.#policyVersion++;
    }
    return this.#policyVersion;
  }
}

/** The client id came out of a request, and may be a slice of it, which would keep all of it. */
function ownCopy(decision: Decision): Decision {
  const { source } = decision;
  if (!source || source.identity.clientid === null) return decision;
  const clientid = Buffer.from(source.identity.clientid, 'utf16le').toString('utf16le');
  return { ...decision, source: { ...source, identity: { ...source.identity, clientid } } };
}
