import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Role } from '../dynsec/entities.js';
import type { CheckEvent } from '../gate/ports.js';
import { CredentialMetrics } from './credential-metrics.js';
import { DurationHistogram } from './duration-histogram.js';

/** From a tenth of a millisecond, a warm check, to the five seconds after which go-auth gives up. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

type CheckLabels = Pick<CheckEvent, 'check' | 'broker' | 'outcome' | 'reason'>;

/** What a realm has, as far as it is counted. */
export interface RealmContents {
  readonly clients: { readonly size: number };
  readonly groups: { readonly size: number };
  readonly roles: ReadonlyMap<string, Role>;
}

/** The metrics of one instance, in a registry of their own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #checks = new Counter({
    name: 'gatehouse_checks_total',
    help: 'Checks answered, by kind, broker (of the configured names), outcome and reason.',
    labelNames: ['check', 'broker', 'outcome', 'reason'],
    registers: [this.#registry],
    collect: () => {
      this.#countTallies();
    },
  });
  readonly #duration = new DurationHistogram(
    {
      name: 'gatehouse_check_duration_seconds',
      help: 'Time from the arrival of a check to its answer.',
      label: 'check',
      buckets: SECONDS,
    },
    this.#registry,
  );
  readonly #entities = new Gauge({
    name: 'gatehouse_policy_entities',
    aggregator: 'max',
    help: 'How much the policy in force holds.',
    labelNames: ['kind'],
    registers: [this.#registry],
  });
  readonly #revision = new Gauge({
    name: 'gatehouse_policy_info',
    aggregator: 'max',
    help: '1, with the revision of the policy in force.',
    labelNames: ['revision'],
    registers: [this.#registry],
  });
  readonly #loadedAt = new Gauge({
    name: 'gatehouse_policy_loaded_timestamp_seconds',
    aggregator: 'max',
    help: 'When the policy in force was taken over.',
    registers: [this.#registry],
  });
  readonly #loads = new Counter({
    name: 'gatehouse_policy_loads_total',
    help: 'New states of the policy, taken over or refused.',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });
  readonly #stale = new Gauge({
    name: 'gatehouse_policy_stale',
    aggregator: 'max',
    help: '1 while the newest state cannot be taken and the last good one serves.',
    registers: [this.#registry],
  });

  /** What logins cost. */
  readonly credentials = new CredentialMetrics(this.#registry);

  /** Checks since somebody last looked: a counter with four labels costs more than a decision. */
  readonly #tallies = new Map<string, { readonly labels: CheckLabels; count: number }>();

  #sum = (): Promise<string> => this.#registry.metrics();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** What a scraper wants to know of the format. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Where others add metrics of theirs. */
  get registry(): Registry {
    return this.#registry;
  }

  /** All of them, as text: of all processes that serve, where there are several. */
  metrics(): Promise<string> {
    return this.#sum();
  }

  /** From now on they are told together with those of other processes. */
  sumWith(sum: () => Promise<string>): void {
    this.#sum = sum;
  }

  /** Counts a check. */
  checked({ check, broker, outcome, reason, durationSeconds }: CheckEvent): void {
    // Nothing of these holds a space: names of brokers do not, and the rest are words of ours.
    const key = `${check} ${broker} ${outcome} ${reason}`;
    const tally = this.#tallies.get(key);
    if (tally) tally.count++;
    else this.#tallies.set(key, { labels: { check, broker, outcome, reason }, count: 1 });
    this.#duration.observe(check, durationSeconds);
  }

  /** A state of the policy was taken over. */
  policyLoaded(revision: string, { clients, groups, roles }: RealmContents): void {
    this.#loads.inc({ outcome: 'taken' });
    this.#stale.set(0);
    this.#loadedAt.setToCurrentTime();
    const acls = [...roles.values()].reduce((sum, role) => sum + role.acls.length, 0);
    this.policyAdvanced(revision, { clients: clients.size, groups: groups.size, roles: roles.size });
    this.#entities.set({ kind: 'acl' }, acls);
  }

  /** A state came of the one before by changes that were told one by one. */
  policyAdvanced(revision: string, sizes: { clients: number; groups: number; roles: number }): void {
    this.#revision.reset();
    this.#revision.set({ revision }, 1);
    this.#entities.set({ kind: 'client' }, sizes.clients);
    this.#entities.set({ kind: 'group' }, sizes.groups);
    this.#entities.set({ kind: 'role' }, sizes.roles);
  }

  /** A state of the policy was refused. */
  policyRefused(): void {
    this.#loads.inc({ outcome: 'refused' });
    this.#stale.set(1);
  }

  #countTallies(): void {
    for (const { labels, count } of this.#tallies.values()) this.#checks.inc(labels, count);
    this.#tallies.clear();
  }
}
