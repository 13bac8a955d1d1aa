/** Random commands on a store whose process is ended or killed in between, beside a realm to which nothing happens. */
import { copyFile, rm, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { runCommands } from '../../../../src/dynsec/commands/run-commands.js';
import type { FileStore } from '../../../../src/store/file/file-store.js';
import { POPULATED, randomCommand } from '../../../support/commands/command-arbitraries.js';
import { TestRealm } from '../../../support/commands/test-realm.js';
import { testSeed } from '../../../support/seed.js';
import { AT_ONCE, FileFolder, NEVER } from '../../../support/store/file-store.js';
import { ADMIN } from '../../../support/store/send.js';

type Step = readonly object[] | 'end' | 'kill' | 'replace by itself';

const commands = fc.array(randomCommand, { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: commands },
  { weight: 1, arbitrary: fc.constant<Step>('end') },
  { weight: 1, arbitrary: fc.constant<Step>('kill') },
  { weight: 1, arbitrary: fc.constant<Step>('replace by itself') },
);

/** A store that goes on in the files of the one before. */
class Lives {
  #minted = 0;
  #folder: FileFolder | undefined;
  #store: FileStore | undefined;

  constructor(private readonly isFolding: boolean) {}

  get store(): FileStore {
    if (!this.#store) throw new Error('the store is not open');
    return this.#store;
  }

  async begin(): Promise<void> {
    this.#folder = await FileFolder.create();
    await this.#open();
  }

  async step(what: Step): Promise<void> {
    if (what === 'end') await this.#end();
    else if (what === 'kill') await this.#kill();
    else if (what === 'replace by itself')
      await this.store.replace(ADMIN, (await this.store.whole()).configuration);
    else await this.#send(what);
  }

  async finish(): Promise<void> {
    await this.#folder?.remove();
  }

  async #open(): Promise<void> {
    this.#store = await this.#folder?.open(this.isFolding ? AT_ONCE : NEVER, 1e9);
  }

  async #end(): Promise<void> {
    await this.store.close();
    await this.#open();
  }

  /** Goes on with copies of the files as they are now. */
  async #kill(): Promise<void> {
    const next = await FileFolder.create();
    const old = this.#folder;
    if (!old) throw new Error('there is no folder');
    // The journal is read first, as whoever opens them does; a fold in between is done by both of them.
    for (;;) {
      const { revision } = this.store.snapshot();
      const journal = await old.journalText().catch(() => undefined);
      await copyFile(old.file, next.file);
      if (journal !== (await old.journalText().catch(() => undefined))) continue;
      if (journal !== undefined) await writeFile(next.journal, journal);
      else await rm(next.journal, { force: true });
      if (revision === this.store.snapshot().revision) break;
    }
    this.#folder = next;
    await this.#open();
    await old.remove();
  }

  async #send(batch: readonly object[]): Promise<void> {
    await this.store.commit(ADMIN, (draft) => {
      const outcome = runCommands(
        draft,
        { commands: batch },
        {
          mint: () => `minted-${String(++this.#minted)}`,
          hashedPassword: (i) => ({ encoded: `hash-${String(i)}` }),
        },
      );
      return { result: outcome.reply, commands: [] };
    });
  }
}

describe.each([
  { when: 'never folds by itself', isFolding: false },
  { when: 'folds all the time', isFolding: true },
])('a file store that $when', ({ isFolding }) => {
  it('is after any commands, ends and kills what a realm in memory is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const reference = new TestRealm();
        const lives = new Lives(isFolding);
        try {
          await lives.begin();
          for (const each of [POPULATED, ...steps]) {
            await lives.step(each);
            if (typeof each !== 'string') reference.run(...each);
            expect((await lives.store.whole()).configuration).toEqual(reference.realm.configuration());
          }
          const changes = lives.store.changes.after(undefined, Infinity) ?? [];
          expect(changes.slice(1).map(({ previous }) => previous)).toEqual(
            changes.slice(0, -1).map(({ revision }) => revision),
          );
        } finally {
          await lives.finish();
        }
      }),
      { seed: testSeed(), numRuns: 60 },
    );
  });
});
