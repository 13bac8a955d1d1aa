import type { Draft } from '../../dynsec/commands/draft.js';
import type { Configuration } from '../../dynsec/entities.js';
import type {
  ChangeLog,
  ChangeOrigin,
  Committed,
  RealmStore,
  Snapshot,
  WholeRealm,
  Work,
} from '../../gate/ports.js';
import type { LiveRealmOptions, Persist } from '../live-realm.js';
import { LiveRealm } from '../live-realm.js';
import { Turns } from '../turns.js';

/** There is nothing to write down to: a change lasts as long as the process. */
const nowhere: Persist = () => Promise.resolve();

/** A realm in memory alone. */
export class MemoryStore implements RealmStore {
  readonly #realm: LiveRealm;
  readonly #turns = new Turns();

  constructor(options: LiveRealmOptions) {
    this.#realm = new LiveRealm(options);
  }

  get changes(): ChangeLog {
    return this.#realm.changes;
  }

  snapshot(): Snapshot {
    return this.#realm.snapshot();
  }

  whole(): Promise<WholeRealm> {
    return Promise.resolve(this.#realm.whole());
  }

  commit<T>(origin: ChangeOrigin, work: (draft: Draft) => Work<T>): Promise<Committed<T>> {
    return this.#turns.run(() => this.#realm.commit(origin, work, nowhere));
  }

  replace(origin: ChangeOrigin, next: Configuration, expected?: string): Promise<Committed<undefined>> {
    return this.#turns.run(() => this.#realm.replace(origin, next, expected, nowhere));
  }
}
