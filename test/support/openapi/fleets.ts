/** Services whose realm is in Redis, in the states in which one can be asked. */
import type { RedisConfig, ServeConfig } from '../../../src/config/serve-config.js';
import { eventually } from '../e2e/eventually.js';
import { call, encoded } from '../http/call.js';
import type { RedisServer } from '../redis.js';
import { startRedis } from '../redis.js';
import { redisSettings } from '../redis-settings.js';
import { startTestService } from '../service.js';
import type { AskedService } from './services.js';

/** Their names; `services.ts` says what they are. */
export type FleetName = 'fleet' | 'unreplicated' | 'unreached' | 'hung' | 'forgetful';

type Settings = Partial<Omit<ServeConfig, 'dynsecFile' | 'listen'>>;

/** So long after its Redis has stopped answering, `hung` decides nothing any more. */
const HUNG_STALENESS_MS = 3_000;

/** Starts them all, and waits until each is in its state. */
export async function startFleets(settings: Settings): Promise<Readonly<Record<FleetName, AskedService>>> {
  const [redis, hungRedis] = await Promise.all([startRedis(), startRedis()]);
  const start = (redis: RedisConfig): Promise<AskedService> =>
    startTestService({ document: '', settings: { ...settings, redis } });
  const fleet = await start(redisSettings(redis.url));
  const unreplicated = await start(redisSettings(redis.url, { realm: 'unreplicated', waitReplicas: 1 }));
  const unreached = await start(redisSettings('redis://127.0.0.1:1'));
  const hung = await start(redisSettings(hungRedis.url, { maxStalenessMs: HUNG_STALENESS_MS }));
  const forgetful = await start(redisSettings(hungRedis.url, { clientsHeld: 1 }));
  await Promise.all([fleet, unreplicated, hung, forgetful].map(untilReady));
  await call(forgetful.url, '/auth/superuser', encoded({ username: 'admin' }, 'json'));
  await hungRedis.signal('SIGSTOP');
  return {
    fleet: closedWith(fleet, redis),
    unreplicated,
    unreached,
    hung,
    forgetful: closedWith(forgetful, hungRedis),
  };
}

/** Waits until checks are decided. */
export async function untilReady({ url }: AskedService): Promise<void> {
  await eventually(
    async () => (await call(url, '/health/ready', { method: 'GET' })).status,
    (status) => status === 200,
    30_000,
  );
}

/** A service that goes before its Redis does. */
function closedWith(service: AskedService, redis: RedisServer): AskedService {
  const close = async (): Promise<void> => {
    await service.close();
    await redis.stop();
  };
  return { url: service.url, close };
}
