import { UndecidedError } from './errors.js';
import type { Gate } from './gate.js';
import type { LoadSource, PasswordVerifier, Shedding } from './ports.js';

/** The checks of brokers, without what administrators ask. */
export type Checks = Pick<Gate, 'authenticate' | 'authorize' | 'checkSuperuser' | 'hold'>;

/**
 * Gives checks up under load before they cost anything: first new logins, since who is in already suffers more than who
 * comes a second later; far later everything. Who administers comes past this.
 */
export function shedLoad(checks: Checks, load: LoadSource): Checks {
  const admit = (shed: readonly Shedding[]): void => {
    if (shed.includes(load.shedding())) throw new UndecidedError('overloaded');
  };
  return {
    authenticate: (login) => {
      admit(LOGINS);
      return checks.authenticate(login);
    },
    authorize: (check) => {
      admit(EVERYTHING);
      return checks.authorize(check);
    },
    // What is given up is not fetched first.
    hold: (username) => {
      admit(EVERYTHING);
      return checks.hold(username);
    },
    checkSuperuser: (username) => {
      admit(EVERYTHING);
      return checks.checkSuperuser(username);
    },
  };
}

const LOGINS: readonly Shedding[] = ['logins', 'everything'];
const EVERYTHING: readonly Shedding[] = ['everything'];

/** Work that waits for a thread. */
export interface HashQueue {
  readonly waiting: number;
}

/**
 * Gives up comparisons of passwords that would stand in a queue for longer than anybody waits for them. It belongs below
 * the memory of verified credentials: who is remembered does not stand in that queue.
 * @param maxWaiting from how many on that wait already.
 */
export function shedHashing(
  verifier: PasswordVerifier,
  queue: HashQueue,
  maxWaiting: number,
): PasswordVerifier {
  return {
    verify: (username, stored, password) => {
      if (queue.waiting >= maxWaiting) throw new UndecidedError('overloaded');
      return verifier.verify(username, stored, password);
    },
  };
}
