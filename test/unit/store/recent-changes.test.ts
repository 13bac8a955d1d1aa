import type { Change } from '../../../src/gate/ports.js';
import { RecentChanges } from '../../../src/store/recent-changes.js';

const NOBODY = (): readonly string[] => [];

function change(n: number, clients: readonly string[] = []): Change {
  return {
    via: 'login',
    by: 'admin',
    from: '',
    revision: String(n),
    previous: String(n - 1),
    at: '2026-01-01T00:00:00.000Z',
    commands: ['modifyClient'],
    touched: { clients, groups: [], roles: [], settings: false },
  };
}

function revisionsAfter(log: RecentChanges, revision: string | undefined): readonly string[] | undefined {
  return log.after(revision, Infinity)?.map((each) => each.revision);
}

describe('the newest changes', () => {
  it('are bounded in number, and who comes too late begins anew', () => {
    const log = new RecentChanges('0');
    for (let n = 1; n <= 10_010; n++) log.add(change(n), NOBODY);
    expect(log.kept).toHaveLength(10_000);
    expect(revisionsAfter(log, '9')).toBeUndefined();
    expect(revisionsAfter(log, '10')).toHaveLength(10_000);
    expect(revisionsAfter(log, '10009')).toEqual(['10010']);
  });

  it('are bounded in size, but for the newest one', () => {
    const log = new RecentChanges('0');
    const many = Array.from({ length: 100_000 }, (_, i) => `client-${i}`);
    for (let n = 1; n <= 5; n++) log.add(change(n, many), NOBODY);
    expect(log.kept.map(({ revision }) => revision)).toEqual(['5']);
    log.add(change(6, [...many, ...many]), NOBODY);
    log.add(change(7), NOBODY);
    expect(revisionsAfter(log, '6')).toEqual(['7']);
  });

  it('that lead back to a state are not told to who has seen it last', () => {
    const log = new RecentChanges('a');
    log.add({ ...change(0), previous: 'a', revision: 'b' }, NOBODY);
    log.add({ ...change(0), previous: 'b', revision: 'a' }, NOBODY);
    log.add({ ...change(0), previous: 'a', revision: 'c' }, NOBODY);
    expect(revisionsAfter(log, 'a')).toEqual(['c']);
    expect(revisionsAfter(log, 'b')).toEqual(['a', 'c']);
  });

  it('of somebody else take the place of what was there, and the new ones are told', () => {
    const log = new RecentChanges('1', [change(1)]);
    const heard: string[] = [];
    log.subscribe(({ revision }) => heard.push(revision));
    log.restart('3', [change(1), change(2), change(3)]);
    expect(heard).toEqual(['2', '3']);
    expect(revisionsAfter(log, '1')).toEqual(['2', '3']);
    log.restart('0-x', []);
    expect(heard).toEqual(['2', '3']);
    expect(revisionsAfter(log, '3')).toBeUndefined();
    expect(revisionsAfter(log, '0-x')).toEqual([]);
  });

  it('are told to each listener as often as it has subscribed, whatever another one does', () => {
    const log = new RecentChanges('0');
    const heard: string[] = [];
    const listener = ({ revision }: Change): void => void heard.push(revision);
    const end = log.subscribe(listener);
    log.subscribe(listener);
    log.add(change(1), NOBODY);
    end();
    end();
    log.add(change(2), NOBODY);
    expect(heard).toEqual(['1', '1', '2']);
  });
});

describe('whom the newest changes have touched', () => {
  it('is worked out once, when somebody asks or the change grows old', () => {
    const log = new RecentChanges('0');
    const asked: number[] = [];
    const add = (n: number): void => {
      log.add(change(n), () => {
        asked.push(n);
        return [`client-${n}`];
      });
    };
    for (let n = 1; n <= 16; n++) add(n);
    expect(asked).toEqual([]);
    expect(log.kicked('9')).toEqual(['client-9']);
    expect(log.kicked('9')).toEqual(['client-9']);
    expect(asked).toEqual([9]);
    for (let n = 17; n <= 26; n++) add(n);
    expect(asked).toEqual([9, 1, 2, 3, 4, 5, 6, 7, 8, 10]);
    expect(log.kicked('1')).toEqual(['client-1']);
  });

  it('is bounded in changes and in names, but for the newest one', () => {
    const log = new RecentChanges('0');
    for (let n = 1; n <= 1_100; n++) log.add(change(n), () => [null]);
    expect(log.kicked('100')).toBeUndefined();
    expect(log.kicked('101')).toEqual([null]);
    const many = Array.from({ length: 150_000 }, () => 'client');
    log.add(change(1_101), () => many);
    log.add(change(1_102), () => many);
    expect(log.kicked('1101')).toHaveLength(150_000);
    expect(log.kicked('1102')).toHaveLength(150_000);
    expect(log.kicked('1101')).toBeUndefined();
    expect(log.kicked('1100')).toBeUndefined();
  });
});
