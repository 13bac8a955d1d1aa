/** Services whose realm is in Redis, in the states in which one can be asked. */
import type { RedisConfig, ServeConfig } from '../../../src/config/serve-config.js';
import { parseRedisAddress } from '../../../src/store/redis/redis-address.js';
import { eventually } from '../e2e/eventually.js';
import { call } from '../http/call.js';
import type { RedisServer } from '../redis.js';
import { startRedis } from '../redis.js';
import { startTestService } from '../service.js';
import type { AskedService } from './services.js';

/** Their names; `services.ts` says what they are. */
export type FleetName = 'fleet' | 'unreplicated' | 'unreached' | 'hung';

type Settings = Partial<Omit<ServeConfig, 'dynsecFile' | 'listen'>>;

/** So long after its Redis has stopped answering, `hung` decides nothing any more. */
const HUNG_STALENESS_MS = 3_000;

/** Starts them all, and waits until each is in its state. */
export async function startFleets(settings: Settings): Promise<Readonly<Record<FleetName, AskedService>>> {
  const [redis, hungRedis] = await Promise.all([startRedis(), startRedis()]);
  const start = (given: Partial<RedisConfig>): Promise<AskedService> => {
    const address = parseRedisAddress(redis.url);
    const defaults = { address, tls: {}, realm: 'default', waitReplicas: 0, maxStalenessMs: 300_000 };
    return startTestService({ document: '', settings: { ...settings, redis: { ...defaults, ...given } } });
  };
  const fleet = await start({});
  const unreplicated = await start({ realm: 'unreplicated', waitReplicas: 1 });
  const unreached = await start({ address: parseRedisAddress('redis://127.0.0.1:1') });
  const hung = await start({
    address: parseRedisAddress(hungRedis.url),
    maxStalenessMs: HUNG_STALENESS_MS,
  });
  await Promise.all([fleet, unreplicated, hung].map(untilReady));
  await hungRedis.signal('SIGSTOP');
  return {
    fleet: closedWith(fleet, redis),
    unreplicated,
    unreached,
    hung: closedWith(hung, hungRedis),
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
