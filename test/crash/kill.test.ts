/** A process that changes a realm is killed again and again, in the middle of whatever it does. */
import { readdir } from 'node:fs/promises';
import { toDocument } from '../../src/dynsec/document/to-document.js';
import { loadRealm } from '../../src/store/file/load-realm.js';
import { BATCHES, realmAfter } from '../support/store/batches.js';
import { FileFolder } from '../support/store/file-store.js';
import { runStoreProcess } from '../support/store/store-process.js';
import { testSeed } from '../support/seed.js';

/** `TEST_KILLS` asks for more. */
const KILLS = Number(process.env['TEST_KILLS'] ?? 60);

/** However slow the machine is, no longer than this; what was done until then is what was tested. */
const ENOUGH_MS = process.env['TEST_KILLS'] === undefined ? 60_000 : 3_600_000;

/** How long a process may go on after its first commit. */
const MAX_LIFE_MS = 120;

/** Changes that are kept in the journal at the least, so that what was acknowledged before may be gone from it. */
const CERTAINLY_KEPT = 1_000;

describe('a process that is killed at any moment', () => {
  let folder: FileFolder;
  beforeEach(async () => {
    folder = await FileFolder.create(realmAfter(0));
  });
  afterEach(() => folder.remove());

  it(
    'has lost nothing that it acknowledged, and has done nothing by halves',
    async () => {
      const random = randomNumbers(testSeed());
      const acknowledged: string[] = [];
      let done = 0;
      const killed = { times: 0, inFold: 0, beforeAnswer: 0 };
      const end = Date.now() + ENOUGH_MS;
      while (killed.times < KILLS && Date.now() < end) {
        const life = await runStoreProcess([folder.file, 'loop', BATCHES], {
          killAfterMs: Math.floor(random() * MAX_LIFE_MS),
        });
        expect(life).toMatchObject({ signal: 'SIGKILL', errors: '' });
        killed.times++;
        killed.inFold += (await readdir(folder.dir)).some((name) => name.endsWith('.new')) ? 1 : 0;
        for (const line of life.lines) {
          // A kill may leave the rest of a line, never anything else that is worth a word.
          if (line['warning'] !== undefined) expect(line['warning']).toMatch(/never acknowledged/);
          if (typeof line['revision'] !== 'string') continue;
          acknowledged.push(line['revision']);
          done = Number(line['n']);
        }

        const { configuration, changes, revision } = await loadRealm(folder.file, folder.journal);
        const counted = Number(configuration.clients.get('counter')?.textname);
        // One may have been done that nobody was told of.
        expect([done, done + 1]).toContain(counted);
        const { defaultACLAccess: _, ...realm } = toDocument(configuration);
        expect(realm).toEqual(realmAfter(counted));

        const log = changes.map((change) => change.revision);
        expect(log.at(-1)).toBe(revision);
        expect(changes.slice(1).map(({ previous }) => previous)).toEqual(log.slice(0, -1));
        if (counted > done) {
          killed.beforeAnswer++;
          acknowledged.push(revision);
        }
        const kept = acknowledged.slice(-Math.max(CERTAINLY_KEPT, log.length));
        expect(log.slice(-kept.length)).toEqual(kept);
        done = counted;
      }
      console.info(`killed ${JSON.stringify(killed)} in ${done} commits`);
      expect(killed.times).toBeGreaterThanOrEqual(10);
      expect(done).toBeGreaterThan(killed.times);
      expect(await loadRealm(folder.file, folder.journal)).toMatchObject({ unwritten: [] });
    },
    ENOUGH_MS + 60_000,
  );
});

/** The same numbers for the same seed: a linear congruential generator. */
function randomNumbers(seed: number): () => number {
  let state = seed % 2 ** 32;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
