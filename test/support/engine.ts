/**
 * The engine of `src/dynsec`, as the differential tests ask it.
 */
import type { ReferenceDecision, ReferenceOptions, ReferenceRequest } from '../reference/decide.js';

/**
 * What the engine decides by a parsed dynamic-security.json; `rule` is the ACL that decided, as the reference
 * gives it. It is called many times with the same `config` object, which is to be compiled once.
 */
export function engineDecide(
  config: object,
  request: ReferenceRequest,
  options: ReferenceOptions,
): ReferenceDecision {
  throw new Error('not connected', { cause: { config, request, options } });
}
