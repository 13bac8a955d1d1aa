import type { Request, Response } from 'express';
import type { AskEnforcement, Enforcement } from '../../gate/enforcement.js';
import { StoreError } from '../../gate/errors.js';
import { RequestError } from '../errors.js';
import { escapeToAscii, MAX_LIST_BYTES } from './change-headers.js';
import { textParameter } from './query.js';

/** Says in the header of an answer who enforces the state with that revision, where the request wants to know. */
export type TellEnforced = (response: Response, revision: string) => Promise<void>;

/**
 * Reads `?wait=enforced`: before anything is changed, for a parameter that is wrong changes nothing.
 * @throws RequestError for any other value.
 */
export function readWait(request: Request, awaitEnforcement: AskEnforcement): TellEnforced {
  const wait = textParameter(request, 'wait');
  if (wait === undefined) return () => Promise.resolve();
  if (wait !== 'enforced') {
    throw new RequestError('invalid_request', `wait: \`${wait.slice(0, 40)}\` is not \`enforced\``);
  }
  return async (response, revision) => {
    response.set('X-Gatehouse-Enforced', await describe(revision, awaitEnforcement));
  };
}

/** What is written stays written: that nobody can be asked is no failure of the write. */
async function describe(revision: string, awaitEnforcement: AskEnforcement): Promise<string> {
  try {
    return headerOf(await awaitEnforcement(revision));
  } catch (error) {
    if (error instanceof StoreError) return 'unknown';
    throw error;
  }
}

/** `all`, or the instances that do not, as JSON in ASCII; or where to ask for them. */
function headerOf({ revision, isEnforced, instances }: Enforcement): string {
  if (isEnforced) return 'all';
  const others = instances.filter(({ enforces }) => !enforces).map(({ id }) => id);
  if (others.length === 0) return 'unknown';
  const json = escapeToAscii(JSON.stringify(others));
  return json.length <= MAX_LIST_BYTES ? json : `/v1/changes/${revision}/enforced`;
}
