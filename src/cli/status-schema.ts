import { z } from 'zod';

const cache = z.object({
  entries: z.number(),
  maxEntries: z.number(),
  bytes: z.number(),
  hits: z.number(),
  misses: z.number(),
});

const storm = z.object({
  startedAt: z.string(),
  durationSeconds: z.number(),
  logins: z.number(),
  allowed: z.number(),
  peakPerSecond: z.number(),
  rememberedShare: z.number(),
  p99Seconds: z.number(),
});

const redis = z.object({
  instanceId: z.string(),
  contactAgeSeconds: z.number().nullable(),
  clientsHeld: z.number(),
});

const instances = z.object({
  instances: z.array(
    z.object({
      id: z.string(),
      version: z.string(),
      revision: z.string(),
      host: z.string(),
      pid: z.number(),
      lagSeconds: z.number().nullable(),
    }),
  ),
  problem: z.string().exactOptional(),
});

/** What `GET /v1/status` answers, as far as it is shown line by line; sections that are not known stay as they are. */
export const statusSchema = z.looseObject({
  instance: z.object({
    version: z.string(),
    workers: z.number().exactOptional(),
    silentWorkers: z.array(z.number()).exactOptional(),
    uptimeSeconds: z.number(),
    ready: z.boolean(),
    policy: z.object({
      state: z.string(),
      revision: z.string().exactOptional(),
      problem: z.string().exactOptional(),
    }),
  }),
  hashing: z.object({ waiting: z.number(), running: z.number() }),
  load: z.object({ eventLoopLagMs: z.number(), shedding: z.string() }),
  storms: z.object({
    current: z.object({ startedAt: z.string(), logins: z.number(), peakPerSecond: z.number() }).nullable(),
    recent: z.array(storm),
  }),
  failures: z.object({
    usernames: z.array(z.object({ username: z.string(), failures: z.number(), reason: z.string() })),
  }),
  caches: z.record(z.string(), cache),
  redis: redis.exactOptional(),
  instances: instances.exactOptional(),
});

/** The status of an instance. */
export type InstanceStatus = z.output<typeof statusSchema>;
