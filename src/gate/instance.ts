import { addCounts } from './add-counts.js';
import { SilentWorkersError } from './errors.js';
import type { CacheSource, CacheStatus, StatusSource, Workers } from './ports.js';

/** What an instance tells of itself: one member for each section. */
export type Status = Readonly<Record<string, object>>;

/** Tells how an instance is. */
export type ReadStatus = () => Promise<Status>;

/**
 * How many entries of each cache were forgotten, by its name.
 * @throws SilentWorkersError where it is not known of all processes that they have.
 */
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
  /** Absent: this process is all there is. */
  readonly workers?: Workers;
}

/** Wires them. */
export function createInstance({ caches, sources, workers }: InstanceParts): Instance {
  const sections = [...sources, statusOfCaches(caches)];
  const own: Instance = {
    status: () => readSections(sections),
    clearCaches: async (username) => {
      const cleared = caches.map(async (cache) => [cache.name, await cache.clear(username)] as const);
      return Object.fromEntries(await Promise.all(cleared));
    },
  };
  if (!workers) return own;
  return { status: statusOfAll(own, sections, workers), clearCaches: clearAll(own, workers) };
}

/** What adds up is told of all workers, everything else of this one. */
function statusOfAll(own: Instance, sections: readonly StatusSource[], workers: Workers): ReadStatus {
  const adding = sections.filter((section) => section.sum !== undefined);
  const askAll = workers.inAll('status', () => readSections(adding));
  return async () => {
    const [status, { answers, silent }] = await Promise.all([own.status(), askAll(undefined)]);
    const counted = { workers: answers.length + silent.length };
    return {
      ...status,
      ...sumSections(adding, answers),
      instance: {
        ...status['instance'],
        ...counted,
        ...(silent.length > 0 ? { silentWorkers: silent } : {}),
      },
    };
  };
}

function clearAll(own: Instance, workers: Workers): ClearCaches {
  const askAll = workers.inAll('clearCaches', own.clearCaches);
  return async (username) => {
    const { answers, silent } = await askAll(username);
    if (silent.length === 0) return addCounts(answers);
    throw new SilentWorkersError(
      `emptied by ${answers.length} of the workers, not known of the others`,
      silent,
    );
  };
}

async function readSections(sections: readonly StatusSource[]): Promise<Status> {
  const shown = sections.map(async (source) => [source.name, await source.status()] as const);
  return Object.fromEntries(await Promise.all(shown));
}

function sumSections(sections: readonly StatusSource[], statuses: readonly Status[]): Status {
  const sums = sections.map((source) => {
    const told = statuses.flatMap((status) => status[source.name] ?? []);
    return [source.name, source.sum?.(told) ?? {}] as const;
  });
  return Object.fromEntries(sums);
}

type StatusOfCaches = Readonly<Record<string, CacheStatus>>;

function statusOfCaches(caches: readonly CacheSource[]): StatusSource {
  const names = caches.map(({ name }) => name);
  return {
    name: 'caches',
    status: () => Object.fromEntries(caches.map((cache) => [cache.name, cache.status()])),
    sum: (statuses: readonly StatusOfCaches[]) =>
      Object.fromEntries(
        names.map((name) => [
          name,
          addCounts<keyof CacheStatus>(statuses.flatMap((each) => each[name] ?? [])),
        ]),
      ),
  };
}
