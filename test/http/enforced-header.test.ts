import express from 'express';
import type { AskEnforcement, Enforcement } from '../../src/gate/enforcement.js';
import { StoreError } from '../../src/gate/errors.js';
import { readWait } from '../../src/http/management/enforced-header.js';
import { listen } from '../../src/http/server.js';
import { call } from '../support/http/call.js';

const REVISION = '1763856000000-0-5f3a9c0e11d2b4a7';

function enforcement(enforcing: readonly string[], others: readonly string[]): Enforcement {
  const instance = { version: '1', revision: REVISION, since: '', host: 'h', pid: 1, heardMsAgo: 0 };
  const instances = [
    ...enforcing.map((id) => ({ ...instance, id, enforces: true })),
    ...others.map((id) => ({ ...instance, id, enforces: false })),
  ];
  return { revision: REVISION, isEnforced: instances.length > 0 && others.length === 0, instances };
}

/** The header of an answer to a write that has waited. */
async function headerOf(awaitEnforcement: AskEnforcement): Promise<string | string[] | undefined> {
  const app = express().post('/', async (request, response) => {
    await readWait(request, awaitEnforcement)(response, REVISION);
    response.end();
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  try {
    const { status, headers } = await call(server.url, '/?wait=enforced', { method: 'POST' });
    expect(status).toBe(200);
    return headers['x-gatehouse-enforced'];
  } finally {
    await server.close(1_000);
  }
}

describe('X-Gatehouse-Enforced', () => {
  it.each([
    ['all where every instance enforces it', enforcement(['a', 'b'], []), 'all'],
    ['the instances that do not', enforcement(['a'], ['b', 'c']), '["b","c"]'],
    ['in ASCII, whatever they call themselves', enforcement([], ['bö\n']), '["b\\u00f6\\n"]'],
    ['unknown where no instance was heard of', enforcement([], []), 'unknown'],
    [
      'where to ask for them, where they are many',
      enforcement(
        [],
        Array.from({ length: 200 }, (_, i) => `instance-${String(i)}-of-a-large-fleet`),
      ),
      `/v1/changes/${REVISION}/enforced`,
    ],
  ])('says %s', async (_what, outcome, header) => {
    expect(await headerOf(() => Promise.resolve(outcome))).toBe(header);
  });

  it('says unknown where the instances cannot be asked for: the change is made all the same', async () => {
    expect(await headerOf(() => Promise.reject(new StoreError('Redis is away')))).toBe('unknown');
  });
});
