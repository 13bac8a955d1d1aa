import type { CacheSource, StatusSource } from './ports.js';

/** What an instance tells of itself: one member for each section. */
export type ReadStatus = () => Promise<Readonly<Record<string, object>>>;

/** How many entries of each cache were forgotten, by its name. */
export type ClearCaches = (username?: string) => Promise<Readonly<Record<string, number>>>;

/** The use cases of who looks after an instance, as opposed to the realm. */
export interface Instance {
  readonly status: ReadStatus;
  /** Empties the caches, or forgets what they know of one user name. */
  readonly clearCaches: ClearCaches;
}

/** What an instance is made of. */
export interface InstanceParts {
  readonly caches: readonly CacheSource[];
  /** Beside the caches. */
  readonly sources: readonly StatusSource[];
}

/** Wires them. */
export function createInstance({ caches, sources }: InstanceParts): Instance {
  const sections = [...sources, statusOfCaches(caches)];
  return {
    status: async () => {
      const shown = sections.map(async (source) => [source.name, await source.status()] as const);
      return Object.fromEntries(await Promise.all(shown));
    },
    clearCaches: async (username) => {
      const cleared = caches.map(async (cache) => [cache.name, await cache.clear(username)] as const);
      return Object.fromEntries(await Promise.all(cleared));
    },
  };
}

function statusOfCaches(caches: readonly CacheSource[]): StatusSource {
  return {
    name: 'caches',
    status: () => Object.fromEntries(caches.map((cache) => [cache.name, cache.status()])),
  };
}
