import type { Client, StoredPassword } from '../dynsec/entities.js';
import type { Change } from '../gate/ports.js';
import { createDecoy } from './decoy.js';
import type { HashRecipe } from './hash-recipe.js';

/** How many passwords are looked at: enough to tell which form is the commonest, and few enough to take 5 ms. */
const SAMPLE = 20_000;

/** How long it takes at most until the decoy is as what is stored has become. */
const PAUSE_MS = 10_000;

/** What a decoy is kept with. */
export interface KeptDecoyOptions {
  /** Of new passwords. */
  readonly recipe: HashRecipe;
  /** Is given each new decoy. */
  readonly setDecoy: (decoy: StoredPassword) => void;
  readonly pauseMs?: number;
}

/**
 * Keeps the decoy in the commonest form of the stored passwords while these change: imported ones, or such as are
 * replaced by stronger ones, may be of another form than those that there were.
 */
export class KeptDecoy {
  #clients: () => Iterable<Client> = () => [];
  #timer: NodeJS.Timeout | undefined;
  #madeMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: KeptDecoyOptions) {}

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
    this.options.setDecoy(createDecoy(somePasswords(this.#clients()), this.options.recipe));
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
