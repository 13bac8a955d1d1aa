/**
 * The recorded commands of Mosquitto 2.1.2 over HTTP, on the file store: replies, kicks, and the document that is left.
 */
import {
  asSaved,
  bytesOf,
  deviationOf,
  kickedBy,
  namesAmong,
  redacted,
  scenarios,
} from '../support/commands/command-vectors.js';
import type { TestService } from '../support/service.js';
import { startTestService } from '../support/service.js';

const TOKEN = 'a-token-of-at-least-32-characters';
const HEADERS = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
const TIMEOUT_MS = 60_000;

async function send(
  { url }: TestService,
  body: Uint8Array,
): Promise<{
  readonly reply: unknown;
  readonly kicked: readonly (string | null)[];
  readonly revision: string | null;
}> {
  const response = await fetch(`${url}/v1/commands`, {
    method: 'POST',
    headers: HEADERS,
    body: Buffer.from(body),
  });
  expect(response.status).toBe(200);
  const kick = response.headers.get('X-Dynsec-Kick');
  return {
    reply: await response.json(),
    kicked: kick === null ? [] : (JSON.parse(kick) as (string | null)[]),
    revision: response.headers.get('X-Gatehouse-Revision'),
  };
}

async function documentOf({ url }: TestService): Promise<object> {
  const response = await fetch(`${url}/v1/document?hashes=true`, { headers: HEADERS });
  expect(response.status).toBe(200);
  return (await response.json()) as object;
}

describe('the recorded scenarios of commands, over HTTP', () => {
  it.each(scenarios)(
    '$name',
    async (scenario) => {
      const service = await startTestService({
        document: scenario.initial_config,
        settings: { adminTokens: [TOKEN] },
      });
      try {
        let saved = await documentOf(service);
        let last: string | null | undefined;
        for (const [i, request] of scenario.commands.entries()) {
          if ('_restart' in request) {
            await service.restart();
            continue;
          }
          const { reply, kicked, revision } = await send(service, bytesOf(request));
          expect({ request, reply }).toEqual({
            request,
            reply: deviationOf(scenario, i)?.ours ?? scenario.responses[i],
          });
          expect(namesAmong(kicked, scenario.observers)).toEqual(kickedBy(scenario, i));
          // Mosquitto writes its file after changes alone: what a restart makes of it is not in it.
          if (revision !== last) saved = await documentOf(service);
          last = revision;
        }
        const { final_config: recorded } = scenario;
        // A document that Mosquitto did not write again is still in the order of whoever wrote it.
        if (recorded && 'changeIndex' in recorded) {
          expect(redacted(saved)).toEqual(redacted(asSaved(recorded)));
        }
      } finally {
        await service.close();
      }
    },
    TIMEOUT_MS,
  );
});
