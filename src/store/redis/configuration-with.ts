import { compareNames } from '../../dynsec/compare.js';
import type { Configuration } from '../../dynsec/entities.js';
import type { Changes } from '../memory/versioned-map.js';
import type { RealmWrites } from '../realm-entry.js';

/** A configuration after writes. */
export function configurationWith(
  { anonymousGroup: oldGroup, extra: oldExtra, ...before }: Configuration,
  { writes, changeIndex }: { readonly writes: RealmWrites; readonly changeIndex: number },
): Configuration {
  const unchanged = {
    ...(oldGroup === undefined ? {} : { anonymousGroup: oldGroup }),
    ...(oldExtra === undefined ? {} : { extra: oldExtra }),
  };
  return {
    ...before,
    ...(writes.settings ?? unchanged),
    changeIndex,
    clients: mapWith(before.clients, writes.clients),
    groups: mapWith(before.groups, writes.groups),
    roles: mapWith(before.roles, writes.roles),
  };
}

function mapWith<T>(before: ReadonlyMap<string, T>, changes: Changes<T>): ReadonlyMap<string, T> {
  const after = new Map(before);
  for (const [name, value] of changes) {
    if (value === undefined) after.delete(name);
    else after.set(name, value);
  }
  return new Map([...after].sort(([a], [b]) => compareNames(a, b)));
}
