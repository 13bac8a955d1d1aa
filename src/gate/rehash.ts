import type { StoredPassword } from '../dynsec/entities.js';
import { isSamePassword } from '../dynsec/is-same-password.js';
import { holdClient } from './hold-client.js';
import type { ChangeOrigin, PasswordHasher, RealmStore, RehashOutcome } from './ports.js';

/** A login that was correct just now. SECURITY: holds a password. */
export interface VerifiedLogin {
  readonly username: string;
  /** What the password was compared with. */
  readonly stored: StoredPassword;
  readonly password: string;
}

/** What became of it, and what is stored from now on where it was replaced. */
export type Rehashed =
  | { readonly outcome: 'replaced'; readonly stored: StoredPassword }
  | { readonly outcome: Exclude<RehashOutcome, 'replaced' | 'failed'> };

/**
 * Stores a password once more, in the configured form. Nobody is kicked, for it is the same password.
 * @throws StoreError where that could not be made durable, UndecidedError where it was not hashed in time.
 */
export type Rehash = (login: VerifiedLogin) => Promise<Rehashed>;

/** What rehashing needs from outside. */
export interface RehashDependencies {
  readonly store: RealmStore;
  /** Makes no hash that is weaker than the stored one. */
  readonly hasher: PasswordHasher;
}

const ORIGIN: ChangeOrigin = { via: 'rehash', by: 'rehash', from: '' };
const COMMANDS = ['rehash'];

/** Makes the use case. */
export function createRehash({ store, hasher }: RehashDependencies): Rehash {
  return async ({ username, stored, password }) => {
    await holdClient(store, username);
    if (!isSamePassword(store.snapshot().client(username)?.password, stored)) return { outcome: 'changed' };
    const hashed = await hasher.hashNew(password, stored);
    if ('error' in hashed) return { outcome: 'kept' };
    const next: StoredPassword = { encoded: hashed.encoded };
    const { result } = await store.commit(ORIGIN, (draft) => {
      const client = draft.client(username);
      // Whoever has set another password meanwhile has the last word.
      const isReplaced = client !== undefined && isSamePassword(client.password, stored);
      if (isReplaced) draft.putClient({ ...client, password: next });
      return { result: isReplaced, commands: COMMANDS };
    });
    return result ? { outcome: 'replaced', stored: next } : { outcome: 'changed' };
  };
}
