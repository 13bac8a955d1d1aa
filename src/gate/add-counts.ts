/** Counts of the same names, added up name by name; what one of them has not counts as nothing. */
export function addCounts<Name extends string>(
  counts: readonly Readonly<Partial<Record<Name, number>>>[],
): Readonly<Record<Name, number>> {
  const names = new Set(counts.flatMap((each) => Object.keys(each) as Name[]));
  const sumOf = (name: Name): number => counts.reduce((sum, each) => sum + (each[name] ?? 0), 0);
  return Object.fromEntries([...names].map((name) => [name, sumOf(name)])) as Record<Name, number>;
}
