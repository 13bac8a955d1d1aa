/** A job that was taken, and the lane that is busy with it until it is released. */
export interface Turn<Lane, Job> {
  readonly lane: Lane;
  readonly job: Job;
}

/**
 * A queue with lanes that take turns: each has at most one job taken at a time, its jobs keep their order, and after
 * one of them the lane goes to the end, so that a lane with a hundred jobs does not hold up one with a single job.
 */
export class TurnQueue<Lane, Job> {
  /** The waiting jobs of each lane that has some, oldest first. */
  readonly #waiting = new Map<Lane, Set<Job>>();
  readonly #busy = new Set<Lane>();
  /** INVARIANT: exactly the lanes that have waiting jobs and are not busy, whose turn is next first. */
  readonly #ready = new Set<Lane>();
  #size = 0;

  /** How many jobs wait. */
  get size(): number {
    return this.#size;
  }

  /** Whether a job of the lane was taken and is not done. */
  isBusy(lane: Lane): boolean {
    return this.#busy.has(lane);
  }

  /** Puts a job at the end of its lane. */
  add(lane: Lane, job: Job): void {
    const jobs = this.#waiting.get(lane);
    if (jobs) jobs.add(job);
    else this.#waiting.set(lane, new Set([job]));
    this.#size += 1;
    if (!this.#busy.has(lane)) this.#ready.add(lane);
  }

  /** Takes the next job of the next lane, which is busy from now on. Undefined where no job may be taken. */
  take(): Turn<Lane, Job> | undefined {
    for (const lane of this.#ready) {
      for (const job of this.#waiting.get(lane) ?? []) {
        this.remove(lane, job);
        this.#ready.delete(lane);
        this.#busy.add(lane);
        return { lane, job };
      }
    }
    return undefined;
  }

  /** The job that was taken from the lane is done. */
  release(lane: Lane): void {
    this.#busy.delete(lane);
    if (this.#waiting.has(lane)) this.#ready.add(lane);
  }

  /** Takes a waiting job out, so that it is never taken. False where it does not wait. */
  remove(lane: Lane, job: Job): boolean {
    const jobs = this.#waiting.get(lane);
    if (!jobs?.delete(job)) return false;
    this.#size -= 1;
    if (jobs.size > 0) return true;
    this.#waiting.delete(lane);
    this.#ready.delete(lane);
    return true;
  }
}
