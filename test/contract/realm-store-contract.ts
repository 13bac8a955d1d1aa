/**
 * What every store promises, whatever it is made of: each store's own test calls this.
 */
import { parseConfiguration } from '../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../src/dynsec/document/to-document.js';
import type { Client, Configuration } from '../../src/dynsec/entities.js';
import { decide } from '../../src/dynsec/decide.js';
import { subjectOf } from '../../src/dynsec/subject.js';
import { RevisionConflictError } from '../../src/gate/errors.js';
import type { Change, RealmStore, WholeRealm } from '../../src/gate/ports.js';
import { ADMIN, documentOf, HASHED, SECRET, send, sendAll } from '../support/store/send.js';

/** A store that is open. */
export interface OpenStore {
  readonly store: RealmStore;
  close(): Promise<void>;
}

/** Opens a store of a realm that this document describes. */
export type OpenRealm = (document: object) => Promise<OpenStore>;

const DOCUMENT = {
  changeIndex: 7,
  defaultACLAccess: {
    publishClientSend: false,
    publishClientReceive: true,
    subscribe: false,
    unsubscribe: true,
  },
  clients: [
    { username: 'ann', roles: [{ rolename: 'reader' }] },
    { username: 'bob', roles: [], note: 'keep me' },
  ],
  groups: [
    { groupname: 'crew', roles: [{ rolename: 'writer' }], clients: [{ username: 'bob', priority: 2 }] },
    { groupname: 'nobody', roles: [], clients: [] },
  ],
  anonymousGroup: 'nobody',
  roles: [
    { rolename: 'reader', allowwildcardsubs: true, acls: [] },
    {
      rolename: 'writer',
      allowwildcardsubs: true,
      acls: [{ acltype: 'publishClientSend', topic: 't', priority: 0, allow: true }],
    },
  ],
  site: { name: 'north' },
};

export function realmStoreContract(name: string, open: OpenRealm): void {
  describe(`the realm store: ${name}`, () => {
    let opened: OpenStore;
    let store: RealmStore;
    /** The revision of the state that the realm begins with. */
    let first: string;
    beforeEach(async () => {
      opened = await open(DOCUMENT);
      store = opened.store;
      first = store.snapshot().revision;
    });
    afterEach(() => opened.close());

    const clientOf = (username: string): Promise<Client | undefined> => clientIn(store, username);

    const allowed = async (username: string, topic = 't'): Promise<boolean> => {
      await store.hold?.(username);
      const snapshot = store.snapshot();
      const subject = subjectOf(username, (each) => snapshot.client(each));
      return decide(snapshot.policy, subject, { access: 'publishClientSend', topic, clientid: 'c' }).allowed;
    };

    describe('a commit', () => {
      it('puts in force what it writes, and names the state that holds it', async () => {
        const before = store.snapshot();
        const { result, revision } = await send(store, {
          command: 'createClient',
          username: 'cid',
          roles: [{ rolename: 'writer' }],
        });
        expect(result).toEqual([{ command: 'createClient' }]);
        expect(await allowed('cid')).toBe(true);
        expect(store.snapshot().revision).toBe(revision);
        expect(revision).not.toBe(before.revision);
        expect(await store.whole()).toMatchObject({ revision, configuration: { changeIndex: 8 } });
        expect(before.client('cid')).toBeUndefined();
      });

      it('that is undone leaves nothing, kicks included', async () => {
        const { revision } = store.snapshot();
        const before = await documentOf(store);
        const committed = await sendAll(
          store,
          [
            { command: 'deleteClient', username: 'ann' },
            { command: 'deleteClient', username: 'none' },
          ],
          { atomic: true },
        );
        expect(committed.result.map(({ error }) => error !== undefined)).toEqual([true, true]);
        expect(committed.revision).toBe(revision);
        expect(committed.kicked()).toEqual([]);
        expect(await documentOf(store)).toEqual(before);
        expect(store.changes.after(first, 10)).toEqual([]);
      });

      it('that writes nothing and kicks nobody is no change', async () => {
        const { revision } = store.snapshot();
        const committed = await sendAll(store, [{ command: 'listClients' }]);
        expect(committed.revision).toBe(revision);
        expect(committed.kicked()).toEqual([]);
        expect(store.changes.after(first, 10)).toEqual([]);
      });

      it('that writes nothing but kicks is an entry of its own, so that who follows the log hears of it', async () => {
        const before = await documentOf(store);
        const refused = { command: 'addGroupClient', groupname: 'crew', username: 'bob' };
        const committed = await sendAll(store, [{ command: 'listClients' }, refused]);
        expect(committed.result[1]?.error).toBeDefined();
        expect(committed.kicked()).toEqual(['bob']);
        expect(store.snapshot().revision).toBe(committed.revision);
        expect(store.changes.after(first, 10)).toMatchObject([
          { revision: committed.revision, touched: { clients: [], groups: [], roles: [] } },
        ]);
        expect(store.changes.kicked(committed.revision)).toEqual(['bob']);
        expect(await documentOf(store)).toEqual(before);
      });

      it('whose work throws leaves nothing and is in nobody’s way', async () => {
        const before = await documentOf(store);
        const failing = store.commit(ADMIN, (draft) => {
          draft.deleteClient('ann');
          throw new Error('the work failed');
        });
        await expect(failing).rejects.toThrow('the work failed');
        expect(await documentOf(store)).toEqual(before);
        await send(store, { command: 'deleteClient', username: 'bob' });
        expect([...(await store.whole()).configuration.clients.keys()]).toEqual(['ann']);
      });

      it('sees what was committed before it, many at once included', async () => {
        const rename = (draft: Parameters<Parameters<RealmStore['commit']>[1]>[0]) => {
          const ann = draft.client('ann');
          if (!ann) throw new Error('there is no ann');
          draft.putClient({ ...ann, textname: `${ann.textname ?? ''}.` });
          draft.countChange();
          return { result: ann.textname ?? '', commands: ['modifyClient'] };
        };
        const commits = await Promise.all(Array.from({ length: 40 }, () => store.commit(ADMIN, rename)));
        expect(commits.map(({ result }) => result.length)).toEqual(Array.from({ length: 40 }, (_, i) => i));
        expect(new Set(commits.map(({ revision }) => revision)).size).toBe(40);
        expect((await clientOf('ann'))?.textname).toBe('.'.repeat(40));
        const changes = store.changes.after(first, 100) ?? [];
        expect(changes.map(({ revision }) => revision)).toEqual(commits.map(({ revision }) => revision));
      });

      it('leaves every state that was taken before as it was', async () => {
        await store.hold?.('bob');
        const before = store.snapshot();
        await send(
          store,
          { command: 'deleteRole', rolename: 'writer' },
          { command: 'modifyClient', username: 'bob', textname: 'changed' },
          { command: 'deleteGroup', groupname: 'crew' },
        );
        expect(before.client('bob')).toMatchObject({ groups: [{ groupname: 'crew', priority: 2 }] });
        expect(before.client('bob')?.textname).toBeUndefined();
        expect([...before.policy.roles.keys()]).toEqual(['reader', 'writer']);
      });
    });

    describe('what is deleted', () => {
      it('is referred to by nobody, and by nobody again when its name comes back', async () => {
        await send(
          store,
          { command: 'deleteRole', rolename: 'reader' },
          { command: 'deleteGroup', groupname: 'crew' },
        );
        const { clients } = (await store.whole()).configuration;
        expect([...clients.values()].flatMap(({ roles, groups }) => [...roles, ...groups])).toEqual([]);
        await send(
          store,
          { command: 'createRole', rolename: 'reader' },
          { command: 'createGroup', groupname: 'crew', roles: [{ rolename: 'writer' }] },
        );
        expect((await clientOf('ann'))?.roles).toEqual([]);
        expect(await allowed('bob')).toBe(false);
      });

      it('comes back with a document without reviving what referred to it', async () => {
        await send(store, { command: 'deleteRole', rolename: 'reader' });
        const document = await documentOf(store);
        const roles = [...(document['roles'] as object[]), { rolename: 'reader' }];
        await store.replace(ADMIN, parsed({ ...document, roles }));
        expect((await clientOf('ann'))?.roles).toEqual([]);
        await send(store, { command: 'modifyClient', username: 'ann', textname: 'x' });
        expect((await clientOf('ann'))?.roles).toEqual([]);
      });
    });

    describe('a replacement', () => {
      it('puts a whole document in place, members that nobody knows included', async () => {
        expect(await documentOf(store)).toEqual(DOCUMENT);
        const next = {
          ...DOCUMENT,
          changeIndex: 3,
          clients: [{ username: 'eve', roles: [] }],
          site: 'south',
        };
        const { result, revision } = await store.replace(ADMIN, parsed(next));
        expect(result).toBeUndefined();
        expect((await store.whole()).revision).toBe(revision);
        expect(await documentOf(store)).toEqual({
          ...next,
          groups: [{ groupname: 'crew', roles: [{ rolename: 'writer' }], clients: [] }, DOCUMENT.groups[1]],
        });
        await send(store, { command: 'setAnonymousGroup', groupname: 'crew' });
        expect(await documentOf(store)).toMatchObject({
          site: 'south',
          changeIndex: 4,
          anonymousGroup: 'crew',
        });
      });

      it('leaves names that stay what they were, so that references to them go on', async () => {
        await send(
          store,
          { command: 'createGroup', groupname: 'late' },
          { command: 'addGroupClient', groupname: 'late', username: 'ann' },
        );
        const incarnation = store.snapshot().policy.groups.get('late')?.incarnation;
        await store.replace(ADMIN, parsed({ ...(await documentOf(store)), changeIndex: 99 }));
        expect(store.snapshot().policy.groups.get('late')?.incarnation).toBe(incarnation);
        expect((await clientOf('ann'))?.groups).toEqual([{ groupname: 'late', incarnation, priority: -1 }]);
      });

      it('by what is there is no change', async () => {
        await send(store, { command: 'createRole', rolename: 'late' });
        const { revision } = store.snapshot();
        const committed = await store.replace(ADMIN, parsed(await documentOf(store)), revision);
        expect(committed.revision).toBe(revision);
        expect(committed.kicked()).toEqual([]);
        expect(store.changes.after(revision, 10)).toEqual([]);
      });

      it('is refused where another state was meant', async () => {
        const { revision: old } = store.snapshot();
        const { revision } = await send(store, { command: 'createRole', rolename: 'late' });
        const before = await documentOf(store);
        const conflict = store.replace(ADMIN, parsed(DOCUMENT), old);
        await expect(conflict).rejects.toThrow(RevisionConflictError);
        await expect(conflict).rejects.toThrow(revision);
        expect(await documentOf(store)).toEqual(before);
        await store.replace(ADMIN, parsed(DOCUMENT), revision);
        expect(await documentOf(store)).toEqual(DOCUMENT);
      });
    });

    describe('the change log', () => {
      it('tells who changed what, when and from where, in an unbroken line, and no password', async () => {
        const start = Date.now();
        await send(
          store,
          { command: 'createClient', username: 'cid', password: SECRET },
          { command: 'deleteGroup', groupname: 'crew' },
        );
        await sendAll(store, [{ command: 'setDefaultACLAccess', acls: [] }], {
          origin: { via: 'token', by: 'token', from: '' },
        });
        const changes = store.changes.after(first, 10) ?? [];
        expect(changes).toMatchObject([
          {
            ...ADMIN,
            previous: first,
            commands: ['createClient', 'deleteGroup'],
            touched: { clients: ['cid'], groups: ['crew'], roles: [], settings: false },
          },
          {
            by: 'token',
            from: '',
            previous: changes[0]?.revision,
            revision: store.snapshot().revision,
            commands: ['setDefaultACLAccess'],
            touched: { clients: [], groups: [], roles: [] },
          },
        ]);
        for (const { at } of changes) {
          expect(new Date(at).toISOString()).toBe(at);
          expect(Date.parse(at)).toBeGreaterThanOrEqual(start);
          expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
        }
        expect(JSON.stringify(changes)).not.toMatch(new RegExp(`${SECRET}|aGFzaA|\\$7\\$`));
        expect((await clientOf('cid'))?.password).toEqual({ encoded: HASHED });
      });

      it('is read on from any revision that it knows, and from no other', async () => {
        const revisions = [store.snapshot().revision];
        for (const username of ['u1', 'u2', 'u3']) {
          revisions.push((await send(store, { command: 'createClient', username })).revision);
        }
        const after = (revision: string | undefined, count: number) =>
          store.changes.after(revision, count)?.map((change) => change.revision);
        expect(after(undefined, 10)?.slice(-3)).toEqual(revisions.slice(1));
        expect(after(revisions[0], 2)).toEqual(revisions.slice(1, 3));
        expect(after(revisions[1], 10)).toEqual(revisions.slice(2));
        expect(after(revisions[3], 10)).toEqual([]);
        expect(after(revisions[1], 0)).toEqual([]);
        expect(after('9999-00000000', 10)).toBeUndefined();
        expect(after('', 10)).toBeUndefined();
      });

      it('names the entities that a document has changed, and those alone', async () => {
        const next = {
          ...DOCUMENT,
          clients: [{ ...DOCUMENT.clients[0], textname: 'Ann' }, DOCUMENT.clients[1], { username: 'new' }],
          roles: [DOCUMENT.roles[1]],
        };
        const { revision } = await store.replace(ADMIN, parsed(next));
        expect(store.changes.after(first, 10)).toMatchObject([
          {
            revision,
            commands: ['document'],
            touched: { clients: ['ann', 'new'], groups: [], roles: ['reader'], settings: false },
          },
        ]);
      });

      it('tells of changes as they come, in their order, until nobody listens', async () => {
        const heard: Change[] = [];
        const inForce: boolean[] = [];
        const end = store.changes.subscribe((change) => {
          heard.push(change);
          inForce.push(store.snapshot().revision === change.revision);
        });
        await Promise.all(
          ['u1', 'u2', 'u3'].map((username) => send(store, { command: 'createClient', username })),
        );
        await store.replace(ADMIN, parsed(DOCUMENT));
        end();
        await send(store, { command: 'createClient', username: 'u4' });
        expect(heard).toEqual(store.changes.after(first, 4));
        expect(inForce).toEqual([true, true, true, true]);
      });
    });

    describe('whom a change touches', () => {
      it('is told by the state before it, for as long as it is known', async () => {
        const { revision, kicked } = await send(store, { command: 'deleteGroup', groupname: 'crew' });
        await send(store, { command: 'deleteClient', username: 'bob' });
        expect(kicked()).toEqual(['bob']);
        expect(store.changes.kicked(revision)).toEqual(['bob']);
        expect(store.changes.kicked('9999-00000000')).toBeUndefined();
      });

      it('is those who hold, are in, or are what a document changes', async () => {
        const acls = [{ acltype: 'publishClientSend', topic: 'u', priority: 0, allow: true }];
        const roles = [DOCUMENT.roles[0], { ...DOCUMENT.roles[1], acls }];
        const first = await store.replace(ADMIN, parsed({ ...DOCUMENT, roles }));
        expect(first.kicked()).toEqual(['bob']);
        expect(store.changes.kicked(first.revision)).toEqual(['bob']);
        const { anonymousGroup: _, ...rest } = DOCUMENT;
        const clients = [{ ...DOCUMENT.clients[0], disabled: true }, DOCUMENT.clients[1]];
        const second = await store.replace(ADMIN, parsed({ ...rest, clients, roles }));
        expect(second.kicked()).toEqual(['ann', null]);
      });
    });
  });
}

/** A client of the newest state. */
async function clientIn(store: RealmStore, username: string): Promise<Client | undefined> {
  await store.hold?.(username);
  return store.snapshot().client(username);
}

/** A document as a configuration. */
export function parsed(document: object): Configuration {
  const { configuration, findings } = parseConfiguration(document);
  if (!configuration) throw new TypeError(`the document cannot be taken: ${JSON.stringify(findings)}`);
  return configuration;
}

/** What a durable store promises beyond: all of it outlives the process. */
export function durableStoreContract(
  name: string,
  openTwice: (document: object) => Promise<Reopenable>,
): void {
  describe(`what outlives a process: ${name}`, () => {
    let realm: Reopenable;
    beforeEach(async () => {
      realm = await openTwice(DOCUMENT);
    });
    afterEach(() => realm.close());

    it('is the realm, its revision, its incarnations and its change log', async () => {
      const first = realm.store().snapshot().revision;
      await send(
        realm.store(),
        { command: 'createGroup', groupname: 'late', roles: [{ rolename: 'reader' }] },
        { command: 'addGroupClient', groupname: 'late', username: 'ann', priority: 4 },
        { command: 'deleteRole', rolename: 'writer' },
        { command: 'createRole', rolename: 'writer' },
      );
      await realm.store().replace(ADMIN, parsed({ ...(await documentOf(realm.store())), site: 'south' }));
      const before = await stateOf(realm.store());
      await realm.reopen();
      expect(await stateOf(realm.store())).toEqual(before);
      expect(realm.store().changes.after(first, 10)).toHaveLength(2);
      expect((await clientIn(realm.store(), 'bob'))?.groups).toHaveLength(1);
    });

    it('goes on as if nothing had happened', async () => {
      const { revision } = await send(realm.store(), { command: 'createRole', rolename: 'late' });
      await realm.reopen();
      await send(realm.store(), { command: 'addClientRole', username: 'ann', rolename: 'late' });
      await realm.reopen();
      expect((await clientIn(realm.store(), 'ann'))?.roles).toHaveLength(2);
      expect(realm.store().changes.after(revision, 10)).toMatchObject([{ previous: revision }]);
    });
  });
}

/** A realm whose store can be closed and opened again. */
export interface Reopenable {
  store(): RealmStore;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** All that is promised to stay. */
export async function stateOf(store: RealmStore): Promise<{
  readonly whole: WholeRealm;
  readonly document: unknown;
  readonly changes: readonly Change[] | undefined;
}> {
  const whole = await store.whole();
  return {
    whole,
    document: toDocument(whole.configuration),
    changes: store.changes.after(undefined, Infinity),
  };
}
