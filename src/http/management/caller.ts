import type { Request } from 'express';
import type { ChangeOrigin } from '../../gate/ports.js';

/** Who an administrator's request comes from. */
export interface Caller extends ChangeOrigin {
  /** Showed one of the configured tokens, not the password of a client. */
  readonly hasToken: boolean;
}

const callers = new WeakMap<object, Caller>();

/** Remembers who a request comes from. */
export function setCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** Who a request comes from that has passed `createRequireAdministrator`. */
export function callerOf(request: Request): Caller {
  const caller = callers.get(request);
  if (!caller) throw new TypeError('a management request has no caller');
  return caller;
}
