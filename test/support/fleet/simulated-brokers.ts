/**
 * Brokers as an instance sees them: each has one call in flight, over a connection that is kept, and asks for its clients
 * again and again. What was asked and answered is kept.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a broker asks. */
export interface BrokerCheck {
  readonly path: '/auth/user' | '/auth/acl';
  readonly fields: Readonly<Record<string, string | number>>;
  /** The decision; absent: it changes, and the test judges it. A check that is not decided is answered 503. */
  readonly decision?: 200 | 403;
}

/** One check, by the clock of `performance.now()`. */
export interface CheckRecord {
  /** The instance that was asked. */
  readonly url: string;
  readonly check: BrokerCheck;
  readonly startedAt: number;
  readonly endedAt: number;
  /** 0: no answer. */
  readonly status: number;
}

/** Brokers at work. */
export interface SimulatedBrokers {
  /** Everything that was answered so far, in that order. */
  readonly records: readonly CheckRecord[];
  /** Answers that are neither the decision nor 503. */
  wrong(): readonly string[];
  /** Waits until each instance has answered so many more checks that were asked after this. */
  untilAnswered(count: number): Promise<void>;
  /** Resolves when no call is in flight. */
  stop(): Promise<void>;
}

/** What brokers are started with. */
export interface BrokerOptions {
  /** The instances; each has brokers of its own. */
  readonly urls: readonly string[];
  readonly checks: readonly BrokerCheck[];
  readonly brokersEach?: number;
  /** Between two checks of a broker. */
  readonly pauseMs?: number;
}

/** Beyond what any check may take. */
const ANSWER_MS = 15_000;

/** Begins to ask. */
export function startBrokers({
  urls,
  checks,
  brokersEach = 1,
  pauseMs = 3,
}: BrokerOptions): SimulatedBrokers {
  const records: CheckRecord[] = [];
  let isOver = false;
  const run = async (url: string, first: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = first; !isOver; i++) {
      const check = checks[i % checks.length];
      if (!check) break;
      const startedAt = performance.now();
      const status = await statusOf(agent, url, check);
      records.push({ url, check, startedAt, endedAt: performance.now(), status });
      if (pauseMs > 0) await sleep(pauseMs);
    }
    agent.destroy();
  };
  const brokers = Array.from({ length: brokersEach }, (_, i) => i);
  const running = urls.flatMap((url) => brokers.map((i) => run(url, i * 7)));
  return {
    records,
    wrong: () => records.filter(isWrong).map(describe),
    untilAnswered: async (count) => {
      const askedAt = performance.now();
      for (const url of urls) {
        const answered = (): number =>
          records.filter((record) => record.url === url && record.startedAt > askedAt).length;
        while (answered() < count && !isOver) await sleep(20);
      }
    },
    stop: async () => {
      isOver = true;
      await Promise.all(running);
    },
  };
}

/** Login and jail of a device: it may do everything in its own topics, and nothing in those of another one. */
export function deviceChecks(username: string, password: string, other: string): readonly BrokerCheck[] {
  const clientid = `${username}-1`;
  const acl = (topic: string, acc: number, decision: 200 | 403): BrokerCheck => ({
    path: '/auth/acl',
    fields: { username, clientid, topic, acc },
    decision,
  });
  return [
    { path: '/auth/user', fields: { username, password, clientid }, decision: 200 },
    acl(`devices/${username}/set`, 4, 200),
    acl(`devices/${username}/state`, 2, 200),
    acl(`devices/${username}/set`, 1, 200),
    acl(`devices/${other}/set`, 2, 403),
    { path: '/auth/user', fields: { username, password: `not ${password}`, clientid }, decision: 403 },
  ];
}

function statusOf(agent: Agent, url: string, { path, fields }: BrokerCheck): Promise<number> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify(fields);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const options = { agent, hostname, port, path, method: 'POST', headers, timeout: ANSWER_MS };
    const outgoing = request(options, (response) => {
      response.resume().once('close', () => {
        resolve(response.complete ? (response.statusCode ?? 0) : 0);
      });
    });
    outgoing.once('timeout', () => outgoing.destroy()).once('error', () => resolve(0));
    outgoing.end(body);
  });
}

function isWrong({ check, status }: CheckRecord): boolean {
  return status !== 503 && status !== check.decision && (check.decision !== undefined || status === 0);
}

function describe({ url, check, status }: CheckRecord): string {
  return `${url}${check.path} ${JSON.stringify(check.fields)}: ${status}, not ${check.decision ?? 'an answer'}`;
}
