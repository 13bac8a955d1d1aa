/**
 * Random sequences of commands to Debian's Mosquitto 2.0.11 with its dynsec plugin, and to ours: the replies, what both
 * list in the end, what the plugin has written down, and whose messages the broker takes are the same. What is left
 * out, and why, stands in `portable-commands.ts` and `mosquitto-2.0-exclusions.ts`. Who is disconnected is not
 * compared: there 2.0 and 2.1 differ for most commands.
 */
import * as fc from 'fast-check';
import { mosquittoDocument } from '../support/cli/mosquitto-ctrl.js';
import { EXCLUSIONS } from '../support/commands/mosquitto-2.0-exclusions.js';
import {
  portableCommand,
  PORTABLE_MEMBERS,
  portablePopulation,
  portableRequest,
} from '../support/commands/portable-commands.js';
import { SideBySide, Tally } from '../support/commands/side-by-side.js';
import { TestRealm } from '../support/commands/test-realm.js';
import { testSeed } from '../support/seed.js';

const SEED = testSeed();
const TIMEOUT_MS = 240_000;
/** What is left of the time is for shrinking; what was not tried then is a failure. */
const RUNS = { seed: SEED, numRuns: 60, interruptAfterTimeLimit: 180_000, markInterruptAsFailure: true };

const COMMANDS = Object.keys(PORTABLE_MEMBERS);
const REASONS = EXCLUSIONS.map(({ because }) => because);

const beginnings = fc
  .tuple(fc.subarray([...portablePopulation]), fc.array(portableCommand, { maxLength: 20, size: 'max' }))
  .map((commands) => commands.flat());
const sequences = fc.array(portableRequest, { minLength: 1, maxLength: 100, size: 'max' });

describe(`commands as Mosquitto 2.0.11 carries them out (TEST_SEED=${String(SEED)})`, () => {
  const tally = new Tally();

  it(
    'random sequences are answered alike, and lead to the same',
    async () => {
      const admin = JSON.parse(await mosquittoDocument()) as object;
      const property = fc.asyncProperty(
        fc.noBias(beginnings),
        fc.noBias(sequences),
        async (beginning, requests) => {
          const sides = await SideBySide.start(documentAfter(admin, beginning), tally);
          try {
            for (const request of requests) await sides.send(request);
            await sides.compareStates();
            await sides.compareDecisions();
          } finally {
            await sides.stop();
          }
        },
      );
      await fc.assert(property, RUNS);
    },
    TIMEOUT_MS,
  );

  it('every command was carried out, and everything that is left out came up', () => {
    const never = [...COMMANDS.map((name) => `${name.toLowerCase()}: done`), ...REASONS].filter(
      (what) => tally.of(what) === 0,
    );
    expect(never).toEqual([]);
    expect(tally.of('taken')).toBeGreaterThan(30);
    expect(tally.of('not taken')).toBeGreaterThan(30);
  });
});

/** The document of a realm in which commands have been carried out, as 2.0 can read it: with the one password. */
function documentAfter(admin: object, commands: readonly object[]): object {
  const realm = new TestRealm(admin);
  realm.run(...commands);
  const document = realm.document() as { readonly clients: readonly object[] };
  const clients = document.clients.map((client) => ({ ...client, encoded_password: undefined }));
  return JSON.parse(JSON.stringify({ ...document, clients })) as object;
}
