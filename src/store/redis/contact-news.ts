import { messageOf } from '../system-error.js';

/** How many reasons of one outage are told. */
const PROBLEMS_MAX = 10;

const NO_CONNECTION = 'there is no connection to Redis';

/** How contact is, told when it changes; and each reason of an outage once, for it may have two that take turns. */
export class ContactNews {
  /** Since contact last came or went. */
  readonly #told = new Set<string>();
  #isThere = false;
  #problem = 'Redis has not answered yet';

  constructor(private readonly listener: { contact(isThere: boolean, problem: string): void }) {}

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Why there is none; empty where there is. */
  get problem(): string {
    return this.#problem;
  }

  found(): void {
    this.#tell(true, '');
  }

  /** @param cause an error, or what is wrong. */
  lost(cause: unknown): void {
    const message = messageOf(cause);
    // In other words than ioredis has for who asks before there is a connection.
    this.#tell(false, message.includes('enableOfflineQueue') ? NO_CONNECTION : message);
  }

  #tell(isThere: boolean, problem: string): void {
    const isChange = isThere !== this.#isThere;
    if (isChange) this.#told.clear();
    [this.#isThere, this.#problem] = [isThere, problem];
    // That there is still no connection is nothing new.
    if (!isChange && this.#told.size > 0 && problem === NO_CONNECTION) return;
    if (this.#told.has(problem) || this.#told.size === PROBLEMS_MAX) return;
    this.#told.add(problem);
    this.listener.contact(isThere, problem);
  }
}
