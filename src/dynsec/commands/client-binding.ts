import type { Client } from '../entities.js';
import { refuse } from './command-refusal.js';
import type { Loose } from './without-undefined.js';

/** To which client ids a client is bound: to one, to patterns, or to none. */
export type Binding = Loose<Pick<Client, 'clientid' | 'clientids'>>;

/** What a command says of a binding. Members that are not there say nothing. */
export interface GivenBinding {
  /** Empty: not bound to a client id. */
  readonly clientid?: string | undefined;
  /** Undefined: not bound to patterns. */
  readonly clientids?: readonly string[] | undefined;
}

/**
 * The binding after a command. A client id takes the place of patterns, and patterns that of a client id.
 * SECURITY: an empty client id, with which dynsec's tools clear it, leaves patterns alone, which they do not know:
 * otherwise saving a form would open a client to every client id.
 * @throws CommandRefusal where both are given.
 */
export function bind(client: Binding, given: GivenBinding): Binding {
  if (given.clientid && given.clientids) refuse("'clientids' cannot stand beside 'clientid'");
  if (given.clientids) return { clientid: undefined, clientids: given.clientids };
  if (given.clientid) return { clientid: given.clientid, clientids: undefined };
  return {
    clientid: given.clientid === '' ? undefined : client.clientid,
    clientids: 'clientids' in given ? undefined : client.clientids,
  };
}
