import { setImmediate as turn } from 'node:timers/promises';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import type { Configuration } from '../../../src/dynsec/entities.js';
import { RevisionConflictError, StoreError } from '../../../src/gate/errors.js';
import type { ChangeOrigin, Committed, RealmStore } from '../../../src/gate/ports.js';
import type { DocumentUpload, RealmDocument } from '../../../src/gate/realm-document.js';
import { createRealmDocument } from '../../../src/gate/realm-document.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';

const ORIGIN = { via: 'token', by: 'token', from: '' } as const;

/** A realm that somebody else changes before each of the first replacements. */
class ContestedStore extends MemoryStore {
  constructor(private contests: number) {
    super({ configuration: configurationOf({ roles: [] }), revision: '0-x', policy: POLICY });
  }

  override async replace(
    origin: ChangeOrigin,
    next: Configuration,
    expected?: string,
  ): Promise<Committed<undefined>> {
    if (this.contests-- > 0) {
      await super.commit(ORIGIN, (draft) => {
        draft.putRole({
          ...{ rolename: `other-${String(this.contests)}`, incarnation: 'x' },
          ...{ allowwildcardsubs: true, acls: [] },
        });
        return { result: undefined, commands: [] };
      });
      await turn();
    }
    return super.replace(origin, next, expected);
  }

  async roles(): Promise<readonly string[]> {
    return [...(await this.whole()).configuration.roles.keys()];
  }
}

const POLICY = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;

function configurationOf(document: unknown): Configuration {
  const { configuration } = parseConfiguration(document);
  if (!configuration) throw new TypeError('the document of the test is not taken');
  return configuration;
}

function documentOf(store: RealmStore): RealmDocument {
  return createRealmDocument({ store, isUsablePassword: () => true });
}

function upload(rolename: string, parts: Partial<DocumentUpload> = {}): DocumentUpload {
  return {
    ...{ document: { roles: [{ rolename }] }, warnings: [], mode: 'merge', expected: undefined },
    ...{ takesWarnings: false, takesNoAdministrator: true },
    ...parts,
  };
}

describe('a document that is merged while others change the realm', () => {
  it('is merged anew until nobody has come between', async () => {
    const store = new ContestedStore(3);
    const taken = await documentOf(store).put(upload('merged'), ORIGIN);
    expect(taken).toMatchObject({ isTaken: true, revision: (await store.whole()).revision });
    expect(await store.roles()).toEqual(['merged', 'other-0', 'other-1', 'other-2']);
  });

  it('is given up where somebody always comes between, and nothing is changed by it', async () => {
    const store = new ContestedStore(1_000);
    const put = documentOf(store).put(upload('merged'), ORIGIN);
    await expect(put).rejects.toThrow(StoreError);
    expect(await store.roles()).not.toContain('merged');
  });

  it('is not merged anew where it is meant for one revision', async () => {
    const store = new ContestedStore(1);
    const expected = new Set([(await store.whole()).revision]);
    const put = documentOf(store).put(upload('merged', { expected }), ORIGIN);
    await expect(put).rejects.toThrow(RevisionConflictError);
    expect(await store.roles()).toEqual(['other-0']);
  });

  it("is in nobody's way that is merged as well, also where one of them is refused", async () => {
    const store = new ContestedStore(0);
    const document = documentOf(store);
    const refused = document.put(upload('', { document: { clients: 5 } }), ORIGIN);
    const names = Array.from({ length: 30 }, (_, i) => `merged-${String(i)}`);
    const all = await Promise.all(names.map((name) => document.put(upload(name), ORIGIN)));
    expect(await refused).toMatchObject({ isTaken: false });
    expect(all.map(({ isTaken }) => isTaken)).toEqual(names.map(() => true));
    expect(await store.roles()).toEqual([...names].sort());
  });
});

it('a document is put in the place of whatever there is, where it does not say what is meant', async () => {
  const store = new ContestedStore(1);
  await documentOf(store).put(upload('put', { mode: 'replace' }), ORIGIN);
  expect(await store.roles()).toEqual(['put']);
});
