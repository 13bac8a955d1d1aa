import type { ScheduleLimits } from '../../../src/credentials/work-schedule.js';
import { WorkSchedule } from '../../../src/credentials/work-schedule.js';

const DEADLINE = 10_000;
const LIMITS: ScheduleLimits = { concurrency: 1, queueLimit: 100, deadlineMs: DEADLINE };

/** A schedule of tasks that are done when the test says so. */
function setup(limits: Partial<ScheduleLimits> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const compute = (task: string): Promise<unknown> => {
    begun.push(task);
    return new Promise((resolve, reject) => ends.set(task, { resolve, reject }));
  };
  const schedule = new WorkSchedule(compute, { ...LIMITS, ...limits });
  const finish = async (task: string): Promise<void> => {
    ends.get(task)?.resolve(`result of ${task}`);
    await jest.advanceTimersByTimeAsync(0);
  };
  return { schedule, begun, ends, finish };
}

describe('WorkSchedule', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('computes no more at a time than it may, and begins the next when one is done', async () => {
    const { schedule, begun, finish } = setup({ concurrency: 2 });
    const results = ['a', 'b', 'c'].map((task) => schedule.run({ lane: task, task }));
    expect([begun, schedule.running, schedule.waiting]).toEqual([['a', 'b'], 2, 1]);
    await finish('b');
    expect([begun, schedule.running, schedule.waiting]).toEqual([['a', 'b', 'c'], 2, 0]);
    await finish('a');
    await finish('c');
    expect(await Promise.all(results)).toEqual(['result of a', 'result of b', 'result of c']);
    expect([schedule.running, schedule.waiting]).toEqual([0, 0]);
  });

  it('computes one task of a lane at a time, and counts the others as waiting', async () => {
    const { schedule, begun, finish } = setup({ concurrency: 4 });
    const results = ['a1', 'a2', 'b1'].map((task) => schedule.run({ lane: task.charAt(0), task }));
    expect([begun, schedule.waiting]).toEqual([['a1', 'b1'], 1]);
    await finish('a1');
    expect(begun).toEqual(['a1', 'b1', 'a2']);
    await finish('a2');
    await finish('b1');
    expect(await Promise.all(results)).toEqual(['result of a1', 'result of a2', 'result of b1']);
  });

  it('computes work of the same key once, waiting or under way, and anew when it is done', async () => {
    const { schedule, begun, finish } = setup();
    const first = [1, 2].map(() => schedule.run({ lane: 'a', key: 'k', task: 'a1' }));
    const waiting = [1, 2].map(() => schedule.run({ lane: 'b', key: 'l', task: 'b1' }));
    expect([begun, schedule.waiting]).toEqual([['a1'], 1]);
    await finish('a1');
    await finish('b1');
    expect(await Promise.all([...first, ...waiting])).toEqual([
      ...['result of a1', 'result of a1', 'result of b1', 'result of b1'],
    ]);
    const again = schedule.run({ lane: 'a', key: 'k', task: 'a1' });
    expect(begun).toEqual(['a1', 'b1', 'a1']);
    await finish('a1');
    expect(await again).toBe('result of a1');
  });

  it('refuses at once what would wait in a full queue, and nothing that begins at once or is waited for already', async () => {
    const { schedule, begun, finish } = setup({ concurrency: 2, queueLimit: 1 });
    const results = ['a1', 'a2'].map((task) => schedule.run({ lane: 'a', key: task, task }));
    const refused = { reason: 'hash_queue_full' };
    await expect(schedule.run({ lane: 'a', key: 'a3', task: 'a3' })).rejects.toMatchObject(refused);
    results.push(schedule.run({ lane: 'b', task: 'b1' }), schedule.run({ lane: 'a', key: 'a2', task: 'a2' }));
    await expect(schedule.run({ lane: 'c', task: 'c1' })).rejects.toMatchObject(refused);
    await finish('a1');
    results.push(schedule.run({ lane: 'c', task: 'c1' }));
    for (const task of ['a2', 'b1', 'c1']) await finish(task);
    expect(await Promise.all(results)).toHaveLength(5);
    expect(begun).toEqual(['a1', 'b1', 'a2', 'c1']);
  });

  it('tells whoever waits too long so, and does not compute what nobody waits for any more', async () => {
    const { schedule, begun, finish } = setup();
    const results = ['a1', 'a2', 'b1'].map((task) => schedule.run({ lane: task.charAt(0), key: task, task }));
    const outcomes = Promise.allSettled(results);
    jest.advanceTimersByTime(DEADLINE - 1);
    expect(schedule.waiting).toBe(2);
    jest.advanceTimersByTime(1);
    expect(await outcomes).toEqual(
      results.map(() => ({
        status: 'rejected',
        reason: expect.objectContaining({ reason: 'hash_deadline' }),
      })),
    );
    expect([schedule.running, schedule.waiting]).toEqual([1, 0]);
    await finish('a1');
    expect([begun, schedule.running]).toEqual([['a1'], 0]);
  });

  it('keeps the lane of a task busy that goes on after its deadline, and lets others join it', async () => {
    const { schedule, begun, finish } = setup({ concurrency: 2 });
    const late = schedule.run({ lane: 'a', key: 'a1', task: 'a1' });
    jest.advanceTimersByTime(DEADLINE);
    await expect(late).rejects.toMatchObject({ reason: 'hash_deadline' });
    const joined = schedule.run({ lane: 'a', key: 'a1', task: 'a1' });
    const next = schedule.run({ lane: 'a', key: 'a2', task: 'a2' });
    expect(begun).toEqual(['a1']);
    await finish('a1');
    await finish('a2');
    expect(await Promise.all([joined, next])).toEqual(['result of a1', 'result of a2']);
  });

  it('computes for the one who still waits, when another who asked for the same does not', async () => {
    const { schedule, begun, finish } = setup();
    const [busy, early] = ['z', 'a'].map((lane) => schedule.run({ lane, key: lane, task: lane }));
    const gone = Promise.allSettled([busy, early]);
    jest.advanceTimersByTime(DEADLINE / 2);
    const late = schedule.run({ lane: 'a', key: 'a', task: 'a' });
    jest.advanceTimersByTime(DEADLINE / 2);
    expect((await gone).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([begun, schedule.waiting]).toEqual([['z'], 1]);
    await finish('z');
    await finish('a');
    expect(await late).toBe('result of a');
  });

  it('leaves no timer behind', async () => {
    const { schedule, finish } = setup();
    const results = ['a', 'b'].map((task) => schedule.run({ lane: task, task }));
    await finish('a');
    await finish('b');
    await Promise.all(results);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is undecided about a task that fails, with the cause, and goes on with the next of the lane', async () => {
    const { schedule, ends, finish } = setup();
    const results = ['a1', 'a2'].map((task) => schedule.run({ lane: 'a', task }));
    const cause = new Error('out of memory');
    ends.get('a1')?.reject(cause);
    await expect(results[0]).rejects.toMatchObject({ reason: 'internal', cause });
    await finish('a2');
    expect(await results[1]).toBe('result of a2');
  });

  it('tells everybody so when it closes, and computes nothing any more', async () => {
    const { schedule, begun, finish } = setup();
    const results = ['a', 'b'].map((task) => schedule.run({ lane: task, task }));
    schedule.close();
    for (const result of [...results, schedule.run({ lane: 'c', task: 'c' })]) {
      await expect(result).rejects.toMatchObject({ reason: 'internal' });
    }
    await finish('a');
    expect(begun).toEqual(['a']);
  });

  it.each([
    ['concurrency', 0],
    ['queueLimit', -1],
    ['deadlineMs', 0.5],
  ])('does not take %s of %d', (name, value) => {
    expect(() => setup({ [name]: value })).toThrow(TypeError);
  });
});
