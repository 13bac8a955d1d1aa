/**
 * A revision is the id of the change that led to it and a random part, `1763856000000-0-5f3a...`: after a failover that
 * lost changes the ids go on as if nothing had happened, and the random part does not.
 */

/** Whether a text looks like a revision. */
export function isRedisRevision(text: string): boolean {
  return /^\d{1,15}-\d{1,15}-[0-9a-f]{16}$/.test(text);
}

/** The id of the change. */
export function changeIdOf(revision: string): string {
  return revision.split('-', 2).join('-');
}

/** Whether a change comes after another, or is the same; both of one history. */
export function isAtLeast(changeId: string, other: string): boolean {
  const [ms = 0, sequence = 0] = numbersOf(changeId);
  const [otherMs = 0, otherSequence = 0] = numbersOf(other);
  return ms === otherMs ? sequence >= otherSequence : ms > otherMs;
}

function numbersOf(changeId: string): readonly number[] {
  return changeId.split('-', 2).map(Number);
}
