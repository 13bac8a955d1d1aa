import * as fc from 'fast-check';
import { parseConfiguration } from '../../../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../../../src/dynsec/document/to-document.js';
import type { Configuration, Extra } from '../../../../src/dynsec/entities.js';
import { documentSourceOf, documentText } from '../../../../src/store/file/document-text.js';
import { MemoryRealm } from '../../../../src/store/memory/memory-realm.js';
import { extra as randomExtra } from '../../../support/entity-arbitraries.js';
import { randomDocument } from '../../../support/policy-arbitraries.js';
import { testSeed } from '../../../support/seed.js';

function realmOf(configuration: Configuration): MemoryRealm {
  return new MemoryRealm({ configuration, policy: { sharedSubscriptions: 'dynsec', allowAnonymous: true } });
}

async function piecesOf(realm: MemoryRealm, { extra }: Configuration): Promise<readonly string[]> {
  return [...documentText(await documentSourceOf(realm.draft().base, extra))];
}

function parsed(document: object): Configuration {
  const { configuration } = parseConfiguration(document);
  if (!configuration) throw new Error('the document is not taken');
  return configuration;
}

/** Under names that nobody knows. */
function unknown(entries: Extra): Extra {
  return new Map([...entries].map(([name, value]) => [`x-${name}`, value]));
}

describe('the text of a document, in pieces', () => {
  it('is that of the whole document', async () => {
    const withExtra = fc
      .tuple(randomDocument, fc.option(randomExtra), fc.option(randomExtra))
      .map(([{ config }, top, inner]) => {
        const { configuration } = parseConfiguration(config);
        if (!configuration) return undefined;
        const [first] = configuration.clients.values();
        const clients = new Map(configuration.clients);
        if (first && inner) clients.set(first.username, { ...first, extra: unknown(inner) });
        return { ...configuration, clients, ...(top ? { extra: unknown(top) } : {}) };
      });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(withExtra, async (configuration) => {
        if (!configuration) return;
        compared++;
        const text = (await piecesOf(realmOf(configuration), configuration)).join('');
        expect(text).toBe(`${JSON.stringify(toDocument(configuration), null, '\t')}\n`);
      }),
      { seed: testSeed(), numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(150);
  });

  it('has no piece that grows with the length of a list', async () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `client-${String(i).padStart(4, '0')}`);
    const configuration = parsed({
      clients: names.map((username) => ({ username, roles: [{ rolename: 'r' }] })),
      groups: [{ groupname: 'g', roles: [], clients: names.map((username) => ({ username })) }],
      roles: [
        { rolename: 'r', acls: names.map((topic) => ({ acltype: 'publishClientSend', topic, allow: true })) },
      ],
    });
    const pieces = await piecesOf(realmOf(configuration), configuration);
    expect(pieces.join('')).toBe(`${JSON.stringify(toDocument(configuration), null, '\t')}\n`);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1_000);
  });

  it('is of the state that it was made of, without void references, whatever changes meanwhile', async () => {
    const configuration = parsed({
      clients: [{ username: 'u', roles: [{ rolename: 'r' }, { rolename: 's' }] }],
      groups: [{ groupname: 'g', roles: [{ rolename: 'r' }], clients: [{ username: 'u' }] }],
      roles: [{ rolename: 'r' }, { rolename: 's' }],
    });
    const realm = realmOf(configuration);
    const change = (work: (draft: ReturnType<MemoryRealm['draft']>) => void): void => {
      const draft = realm.draft();
      work(draft);
      realm.commit(draft);
    };
    change((draft) => {
      draft.deleteRole('r');
    });
    const before = toDocument(realm.configuration());
    const looked = documentSourceOf(realm.draft().base);
    change((draft) => {
      draft.putClient({ username: 'w', disabled: false, superuser: false, roles: [], groups: [] });
    });
    const pieces = documentText(await looked);
    let text = pieces.next().value as string;
    change((draft) => {
      draft.deleteClient('u');
      draft.deleteGroup('g');
    });
    for (const piece of pieces) text += piece;
    expect(JSON.parse(text)).toEqual(before);
    expect(before).toMatchObject({
      clients: [{ username: 'u', roles: [{ rolename: 's' }] }],
      groups: [{ groupname: 'g', roles: [] }],
    });
  });
});
