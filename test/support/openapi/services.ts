/** Services in every state in which one can be asked. */
import { createDecoys } from '../../../src/credentials/decoys.js';
import { HashPool } from '../../../src/credentials/hash-pool.js';
import { createGate } from '../../../src/gate/gate.js';
import { shedLoad } from '../../../src/gate/shed-load.js';
import type { PasswordVerifier, PolicyStore } from '../../../src/gate/ports.js';
import type { AppDependencies } from '../../../src/http/app.js';
import { createApp } from '../../../src/http/app.js';
import { createCheckHandler } from '../../../src/http/checks/check-handler.js';
import { createRequestListener, listen } from '../../../src/http/server.js';
import { TokenList } from '../../../src/http/token-list.js';
import { FileStore } from '../../../src/store/file/file-store.js';
import { bounded, eventually } from '../e2e/eventually.js';
import { HASH_WORKER_FILE } from '../hash-worker-file.js';
import { call, encoded } from '../http/call.js';
import { openDoors } from '../http/doors.js';
import { UNASKED_INSTANCE, UNASKED_REALM } from '../http/unasked-realm.js';
import { startTestService } from '../service.js';
import type { FleetName } from './fleets.js';
import { startFleets } from './fleets.js';
import { realmDocument } from './realm.js';

/** The tokens of `guarded`, and for administrators of `unloaded` and `broken`. */
export const CHECK_TOKEN = 'check-token-0123456789abcdef0123456789';
export const ADMIN_TOKEN = 'admin-token-0123456789abcdef0123456789';

const RECIPE = { form: 'pbkdf2-sha512', cost: 1_000 } as const;
const POLICY = { sharedSubscriptions: 'dynsec', allowAnonymous: false } as const;

/** A service that can be asked. */
export interface AskedService {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The states.
 * - `plain`: as an operator finds it.
 * - `guarded`: checks carry a token, and anonymous clients are let in.
 * - `impatient`: nobody waits for a hash for more than 0.1 s.
 * - `unloaded`: has no state to decide by.
 * - `crowded`: its one hash thread is busy, and nobody may wait for it.
 * - `spent`: a user name may fail once in a minute.
 * - `overloaded`: has so much to do that it gives up every check.
 * - `broken`: has a defect wherever it can have one.
 * - `edited`: the file was replaced by something else than JSON.
 * - `fleet`: its realm is in Redis.
 * - `unreplicated`: so is this one's, and it wants replicas that there are none of.
 * - `unreached`: there is no Redis where its realm should be.
 * - `hung`: its Redis does not answer any more.
 * - `forgetful`: neither does its own, and of its two clients it has `admin` alone in memory.
 */
export type ServiceName =
  | 'plain'
  | 'guarded'
  | 'impatient'
  | 'unloaded'
  | 'crowded'
  | 'spent'
  | 'overloaded'
  | 'broken'
  | 'edited'
  | FleetName;

/** One service of each kind. */
export type Services = Readonly<Record<ServiceName, AskedService>> & { readonly crowded: CrowdedService };

/** A service whose hash threads can be looked at. */
export interface CrowdedService extends AskedService {
  readonly pool: HashPool;
}

/** Starts them all. */
export async function startServices(): Promise<Services> {
  const document = realmDocument();
  const settings = {
    checkTokens: [CHECK_TOKEN],
    adminTokens: [ADMIN_TOKEN],
    allowAnonymous: true,
    decisionCache: 100,
  };
  const plain = await startTestService({ document });
  return {
    plain,
    guarded: await startTestService({ document, settings }),
    impatient: await startTestService({ document, settings: { hashDeadlineMs: 100 } }),
    unloaded: await openUnloaded(),
    crowded: await openCrowded(plain.file),
    spent: await startTestService({ document, settings: { hashBudgetUsername: 1 } }),
    overloaded: await openOverloaded(),
    broken: await openBroken(),
    edited: await startEdited(document),
    ...(await startFleets({ adminTokens: [ADMIN_TOKEN] })),
  };
}

const NO_VERIFIER: PasswordVerifier = {
  verify: () => Promise.reject(new Error('it should not come to passwords here')),
};

const NO_LISTENER = { loaded: () => undefined, refused: () => undefined, warned: () => undefined };

/** A store that was not opened yet. */
function openUnloaded(): Promise<AskedService> {
  const store = new FileStore({ path: 'nowhere.json', policy: POLICY, listener: NO_LISTENER });
  return openDoors({ gate: createGate(store, NO_VERIFIER), health: store, adminTokens: [ADMIN_TOKEN] });
}

function openOverloaded(): Promise<AskedService> {
  const store = new FileStore({ path: 'nowhere.json', policy: POLICY, listener: NO_LISTENER });
  const gate = createGate(store, NO_VERIFIER);
  const shedding = { shedding: () => 'everything' as const };
  return openDoors({ gate: { ...gate, ...shedLoad(gate, shedding) }, health: store });
}

async function openCrowded(path: string): Promise<CrowdedService> {
  const store = new FileStore({ path, policy: POLICY, listener: NO_LISTENER });
  await store.open();
  const pool = new HashPool({
    workerFile: HASH_WORKER_FILE,
    decoys: createDecoys([], RECIPE),
    threads: 1,
    queueLimit: 0,
    deadlineMs: 15_000,
  });
  const doors = await openDoors({ gate: createGate(store, pool), health: store });
  const close = async (): Promise<void> => {
    await store.close();
    await pool.close();
    await doors.close();
  };
  return { url: doors.url, close, pool };
}

/** Asks a crowded service while its one hash thread is busy, for about a second. */
export async function whileCrowded<T>({ url, pool }: CrowdedService, ask: () => Promise<T>): Promise<T> {
  const slow = encoded({ username: 'slow', clientid: 'c1', password: 'any' }, 'json');
  const login = call(url, '/auth/user', slow);
  await eventually(
    () => pool.running,
    (running) => running === 1,
  );
  const result = await ask();
  await login;
  return result;
}

/** Replaces the file of a service, and waits until it has been refused. */
async function startEdited(document: object): Promise<AskedService> {
  const service = await startTestService({ document });
  await service.writeDocument('{ "clients": [] ');
  await eventually(
    async () => (await call(service.url, '/health/ready', { method: 'GET' })).text,
    (text) => text.includes('"stale"'),
  );
  return service;
}

function fail(): never {
  throw new Error('a defect, made for a test');
}

async function openBroken(): Promise<AskedService> {
  const store: PolicyStore = { snapshot: fail };
  const server = await bounded(listen(brokenListener(store), { host: '127.0.0.1', port: 0 }), 'a server');
  return { url: server.url, close: () => server.close(1_000) };
}

function brokenListener(store: PolicyStore): ReturnType<typeof createRequestListener> {
  const gate = createGate(store, NO_VERIFIER);
  const onDefect = (): void => undefined;
  const handleCheck = createCheckHandler({
    gate,
    tokens: new TokenList([]),
    brokers: new Set(),
    observer: { observe: () => undefined },
    onDefect,
  });
  const metrics = { contentType: 'text/plain', metrics: () => Promise.reject(new Error('a defect')) };
  return createRequestListener(
    handleCheck,
    createAppOf({ handleCheck, gate, metrics, health: { health: fail }, realm: UNASKED_REALM }),
  );
}

/** The application with every part that it can be given; nothing of it may be asked. */
export function createFullApp(): ReturnType<typeof createApp> {
  return createAppOf({
    handleCheck: fail,
    gate: createGate({ snapshot: fail }, NO_VERIFIER),
    metrics: { contentType: '', metrics: fail },
    health: { health: fail },
    realm: UNASKED_REALM,
  });
}

type AppParts = Pick<AppDependencies, 'handleCheck' | 'gate' | 'metrics' | 'health' | 'realm'>;

/** With the token of administrators. */
function createAppOf(parts: AppParts): ReturnType<typeof createApp> {
  return createApp({
    ...parts,
    instance: UNASKED_INSTANCE,
    adminTokens: new TokenList([ADMIN_TOKEN]),
    hosts: new Set(),
    closing: new AbortController().signal,
    onDefect: () => undefined,
  });
}
