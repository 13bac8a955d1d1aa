import type { Instance } from '../../../src/gate/instance.js';
import { createInstance } from '../../../src/gate/instance.js';
import type { CacheSource, StatusSource, WorkerAnswers, Workers } from '../../../src/gate/ports.js';

type Answer = (about: never) => Promise<unknown>;

/** Processes that serve as one, in this one; those that are silent have a process id and nothing else. */
function setUp(count: number, silent: readonly number[] = []): readonly Instance[] {
  const all: Map<string, Answer>[] = [];
  return Array.from({ length: count }, (_, i) => {
    const answers = new Map<string, Answer>();
    all.push(answers);
    const workers: Workers = {
      inAll: <About, T>(name: string, answer: (about: About) => Promise<T>) => {
        answers.set(name, answer);
        return async (about: About): Promise<WorkerAnswers<T>> => {
          const asked = all.map(async (each) => each.get(name)?.(about as never));
          return { answers: (await Promise.all(asked)) as T[], silent };
        };
      },
    };
    return createInstance({ caches: [cacheOf(i + 1)], sources: sourcesOf(i), workers });
  });
}

function sourcesOf(pid: number): readonly StatusSource[] {
  return [
    { name: 'instance', status: () => ({ pid }) },
    { name: 'load', status: () => ({ pid }) },
  ];
}

/** With so many entries, of which one is of `pump`. */
function cacheOf(size: number): CacheSource {
  let entries = size;
  return {
    name: 'decisions',
    status: () => ({ entries, maxEntries: 10, bytes: entries, hits: 0, misses: 1 }),
    clear: (username) => {
      const cleared = username === undefined ? entries : Math.min(entries, username === 'pump' ? 1 : 0);
      entries -= cleared;
      return cleared;
    },
  };
}

describe('an instance of several workers', () => {
  it('tells of the caches of all, and of everything else as the one that is asked', async () => {
    const [first, second] = setUp(2);
    const caches = { decisions: { entries: 3, maxEntries: 20, bytes: 3, hits: 0, misses: 2 } };
    expect(await first?.status()).toEqual({ instance: { pid: 0, workers: 2 }, load: { pid: 0 }, caches });
    expect(await second?.status()).toEqual({ instance: { pid: 1, workers: 2 }, load: { pid: 1 }, caches });
  });

  it('forgets in all of them, and says how much that was', async () => {
    const [first, second] = setUp(3);
    expect(await first?.clearCaches('pump')).toEqual({ decisions: 3 });
    expect(await second?.clearCaches()).toEqual({ decisions: 3 });
    expect(await first?.clearCaches()).toEqual({ decisions: 0 });
  });

  it('does not say that it has forgotten where one of them does not answer', async () => {
    const [first] = setUp(2, [4711, 4712]);
    await expect(first?.clearCaches()).rejects.toMatchObject({
      code: 'unanswered',
      message:
        'emptied by 2 of the workers, not known of the others: no answer in time from process `4711`, `4712`',
    });
    expect(await first?.status()).toMatchObject({
      instance: { workers: 4, silentWorkers: [4711, 4712] },
      caches: { decisions: { entries: 0 } },
    });
  });
});

it('an instance of one process does not speak of workers', async () => {
  const instance = createInstance({ caches: [cacheOf(1)], sources: sourcesOf(7) });
  expect(await instance.status()).toMatchObject({
    instance: { pid: 7 },
    caches: { decisions: { entries: 1 } },
  });
  expect((await instance.status())['instance']).not.toHaveProperty('workers');
  expect(await instance.clearCaches()).toEqual({ decisions: 1 });
});
