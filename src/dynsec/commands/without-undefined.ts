/** An entity whose optional members may be undefined, which means that they are not there. */
export type Loose<T> = { [K in keyof T]: Partial<Pick<T, K>> extends Pick<T, K> ? T[K] | undefined : T[K] };

/** Leaves out what is undefined: the way to take an optional member away from an entity. */
export function withoutUndefined<T extends object>(entity: Loose<T>): T {
  return Object.fromEntries(Object.entries(entity).filter(([, value]) => value !== undefined)) as T;
}
