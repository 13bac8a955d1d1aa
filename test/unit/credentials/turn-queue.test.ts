import fc from 'fast-check';

import { TurnQueue } from '../../../src/credentials/turn-queue.js';

/** Takes jobs, each done before the next, until none is left. */
function takeAll(queue: TurnQueue<string, string>): string[] {
  const taken: string[] = [];
  for (let turn = queue.take(); turn; turn = queue.take()) {
    taken.push(turn.job);
    queue.release(turn.lane);
  }
  return taken;
}

describe('TurnQueue', () => {
  it('lets lanes take turns, and keeps the order within each', () => {
    const queue = new TurnQueue<string, string>();
    for (const job of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(job.charAt(0), job);
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('takes nothing more from a lane until it is released', () => {
    const queue = new TurnQueue<string, string>();
    queue.add('a', 'a1');
    queue.add('a', 'a2');
    expect(queue.take()).toEqual({ lane: 'a', job: 'a1' });
    queue.add('a', 'a3');
    expect([queue.take(), queue.isBusy('a'), queue.size]).toEqual([undefined, true, 2]);
    queue.release('a');
    expect([queue.isBusy('a'), queue.take()]).toEqual([false, { lane: 'a', job: 'a2' }]);
  });

  it('lets a lane that was emptied queue up anew', () => {
    const queue = new TurnQueue<string, string>();
    queue.add('a', 'a1');
    expect(takeAll(queue)).toEqual(['a1']);
    queue.add('b', 'b1');
    queue.add('a', 'a2');
    expect(takeAll(queue)).toEqual(['b1', 'a2']);
  });

  it('never takes what was removed, and says whether it was there', () => {
    const queue = new TurnQueue<string, string>();
    queue.add('a', 'a1');
    queue.add('a', 'a2');
    queue.add('b', 'b1');
    expect([queue.remove('a', 'a1'), queue.remove('a', 'a1'), queue.remove('b', 'b1')]).toEqual([
      true,
      false,
      true,
    ]);
    expect([queue.size, ...takeAll(queue)]).toEqual([1, 'a2']);
  });

  it('loses and doubles no job, whatever is done to it', () => {
    const step = fc.record({
      lane: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('add', 'take', 'remove', 'done'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new TurnQueue<string, string>();
        const waiting = new Map<string, string[]>([
          ['a', []],
          ['b', []],
          ['c', []],
        ]);
        const busy = new Set<string>();
        steps.forEach(({ lane, what }, index) => {
          const jobs = waiting.get(lane) ?? [];
          if (what === 'add') {
            jobs.push(`${lane}${index}`);
            queue.add(lane, `${lane}${index}`);
          } else if (what === 'remove') {
            const job = jobs.pop() ?? 'none';
            expect(queue.remove(lane, job)).toBe(job !== 'none');
          } else if (what === 'done') {
            if (busy.delete(lane)) queue.release(lane);
          } else {
            const free = [...waiting].filter(([name, list]) => list.length > 0 && !busy.has(name));
            const turn = queue.take();
            expect(turn === undefined).toBe(free.length === 0);
            if (turn) {
              expect(free.map(([name]) => name)).toContain(turn.lane);
              expect(waiting.get(turn.lane)?.shift()).toBe(turn.job);
              busy.add(turn.lane);
            }
          }
          expect(queue.size).toBe([...waiting.values()].flat().length);
        });
      }),
    );
  });
});
