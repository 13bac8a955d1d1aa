import type { Client, StoredPassword } from '../dynsec/entities.js';
import type { Change } from '../gate/ports.js';
import type { Decoys } from './decoys.js';
import { createDecoys } from './decoys.js';
import type { HashRecipe } from './hash-recipe.js';

/** How many passwords are looked at: enough to tell which forms there are, and few enough to take 5 ms. */
const SAMPLE = 20_000;

/** How long it takes at most until the decoys are as what is stored has become. */
const PAUSE_MS = 10_000;

/** What decoys are kept with. */
export interface KeptDecoysOptions {
  /** Of new passwords. */
  readonly recipe: HashRecipe;
  /** As {@link createDecoys} has it. */
  readonly key: string | Uint8Array;
  /** Is given new decoys. */
  readonly setDecoys: (decoys: Decoys) => void;
  readonly pauseMs?: number;
}

/**
 * Keeps decoys in the forms of the stored passwords while these change: imported ones, or such as are replaced by
 * stronger ones, may be of other forms than those that there were.
 */
export class KeptDecoys {
  #clients: () => Iterable<Client> = () => [];
  #timer: NodeJS.Timeout | undefined;
  #madeMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: KeptDecoysOptions) {}

  /** From now on the clients are those that this returns, whenever it is called. Looks at them at once. */
  follow(clients: () => Iterable<Client>): void {
    this.#clients = clients;
    this.#make();
  }

  /** To be told of every change. Looks at once, but where it has just looked, and not all may have changed, later. */
  changed({ commands }: Pick<Change, 'commands'>): void {
    const { pauseMs = PAUSE_MS } = this.options;
    const waitMs = commands.includes('document') ? 0 : this.#madeMs + pauseMs - performance.now();
    if (waitMs <= 0) this.#make();
    else this.#timer ??= setTimeout(() => this.#make(), waitMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #make(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#madeMs = performance.now();
    const { recipe, key, setDecoys } = this.options;
    setDecoys(createDecoys(somePasswords(this.#clients()), recipe, key));
  }
}

function* somePasswords(clients: Iterable<Client>): Iterable<StoredPassword> {
  let count = 0;
  for (const { password } of clients) {
    if (!password) continue;
    yield password;
    if (++count === SAMPLE) return;
  }
}
