import type { CheckEvent } from '../../../src/gate/ports.js';
import { FailingLogins } from '../../../src/telemetry/failing-logins.js';

/** A counter whose clock the test holds. */
function setUp() {
  let nowMs = 0;
  const failures = new FailingLogins(() => nowMs);
  const fail = (username: string, given: Partial<CheckEvent> = {}): void => {
    failures.observe({
      ...{ check: 'user', broker: '', outcome: 'deny', reason: 'wrong_password', durationSeconds: 0 },
      ...{ subject: { username }, detail: undefined, decision: undefined },
      ...given,
    });
  };
  const wait = (minutes: number): void => void (nowMs += minutes * 60_000);
  return { failures, fail, wait };
}

describe('the user names that fail most', () => {
  it('come with how often, and why the last time', () => {
    const { failures, fail } = setUp();
    fail('a');
    fail('b');
    fail('b', { outcome: 'undecided', reason: 'overloaded' });
    expect(failures.most()).toEqual([
      { username: 'b', failures: 2, reason: 'overloaded' },
      { username: 'a', failures: 1, reason: 'wrong_password' },
    ]);
  });

  it('are added up by name where several processes count', () => {
    const [here, there] = [setUp(), setUp()];
    here.fail('a');
    here.fail('b');
    there.fail('b', { reason: 'no_password' });
    there.fail('c');
    const statuses = [here, there].map(({ failures }) => failures.status());
    expect(here.failures.sum(statuses).usernames).toEqual([
      { username: 'b', failures: 2, reason: 'no_password' },
      { username: 'a', failures: 1, reason: 'wrong_password' },
      { username: 'c', failures: 1, reason: 'wrong_password' },
    ]);
  });

  it('are those of logins that were not allowed', () => {
    const { failures, fail } = setUp();
    fail('a', { outcome: 'allow' });
    fail('a', { outcome: 'refused' });
    fail('a', { check: 'acl' });
    fail('a', { subject: undefined });
    expect(failures.most()).toEqual([]);
  });

  it('are found among any number of others, in bounded memory', () => {
    const { failures, fail } = setUp();
    for (let i = 0; i < 50_000; i++) {
      fail(`random-${String(i)}`);
      if (i % 100 === 0) fail('steady');
    }
    const [first, ...others] = failures.most();
    expect(first?.username).toBe('steady');
    expect(first?.failures).toBeGreaterThan(400);
    expect(first?.failures).toBeLessThanOrEqual(500);
    expect(others.length).toBeLessThan(20);
  });

  it('are forgotten after a while', () => {
    const { failures, fail, wait } = setUp();
    fail('a');
    wait(11);
    fail('a');
    expect(failures.most()).toMatchObject([{ failures: 2 }]);
    wait(11);
    expect(failures.most()).toMatchObject([{ failures: 1 }]);
    wait(30);
    expect(failures.most()).toEqual([]);
  });

  it('are shown at a bounded length', () => {
    const { failures, fail } = setUp();
    fail(`${'a'.repeat(65_000)}1`);
    fail(`${'a'.repeat(65_000)}2`);
    expect(failures.most()).toEqual([
      { username: `${'a'.repeat(256)}...`, failures: 2, reason: 'wrong_password' },
    ]);
  });
});
