import type { Incarnations } from '../dynsec/commands/void-references.js';
import type { Configuration, GroupReference, Incarnation, RoleReference } from '../dynsec/entities.js';

/**
 * A configuration as the successor of another realm: groups and roles whose names stay keep their incarnations, the
 * others get one from `mint`, and references follow those that they refer to. Void references are left out.
 */
export function stampIncarnations(
  next: Configuration,
  before: Incarnations,
  mint: () => Incarnation,
): Configuration {
  const roles = stampNamed(next.roles, (name) => before.roleIncarnation(name) ?? mint());
  const groups = stampNamed(next.groups, (name) => before.groupIncarnation(name) ?? mint());
  const roleLists = new ListStamps<RoleReference>(({ rolename }) => rolename, next.roles, roles);
  const groupLists = new ListStamps<GroupReference>(({ groupname }) => groupname, next.groups, groups);
  return {
    ...next,
    roles,
    groups: mapValues(groups, (group) => {
      const held = roleLists.stamp(group.roles);
      return held === group.roles ? group : { ...group, roles: held };
    }),
    clients: mapValues(next.clients, (client) => {
      const held = roleLists.stamp(client.roles);
      const joined = groupLists.stamp(client.groups);
      const isSame = held === client.roles && joined === client.groups;
      return isSame ? client : { ...client, roles: held, groups: joined };
    }),
  };
}

interface Incarnated {
  readonly incarnation: Incarnation;
}

/** Stamps lists of references; equal ones stay one list where they were one. */
class ListStamps<R extends Incarnated> {
  readonly #known = new Map<readonly R[], readonly R[]>();

  constructor(
    private readonly nameOf: (reference: R) => string,
    private readonly from: ReadonlyMap<string, Incarnated>,
    private readonly to: ReadonlyMap<string, Incarnated>,
  ) {}

  stamp(list: readonly R[]): readonly R[] {
    const known = this.#known.get(list);
    if (known) return known;
    const stamped = this.#isRight(list) ? list : Object.freeze(list.flatMap((each) => this.#stampOne(each)));
    this.#known.set(list, stamped);
    return stamped;
  }

  #isRight(list: readonly R[]): boolean {
    return list.every((reference) => {
      const name = this.nameOf(reference);
      const is = (entity: Incarnated | undefined): boolean => entity?.incarnation === reference.incarnation;
      return is(this.from.get(name)) && is(this.to.get(name));
    });
  }

  #stampOne(reference: R): readonly R[] {
    const name = this.nameOf(reference);
    const target = this.to.get(name);
    if (!target || this.from.get(name)?.incarnation !== reference.incarnation) return [];
    return [{ ...reference, incarnation: target.incarnation }];
  }
}

function stampNamed<T extends Incarnated>(
  entities: ReadonlyMap<string, T>,
  incarnationOf: (name: string) => Incarnation,
): ReadonlyMap<string, T> {
  return mapValues(entities, (entity, name) => {
    const incarnation = incarnationOf(name);
    return entity.incarnation === incarnation ? entity : { ...entity, incarnation };
  });
}

function mapValues<T>(
  map: ReadonlyMap<string, T>,
  change: (value: T, name: string) => T,
): ReadonlyMap<string, T> {
  return new Map([...map].map(([name, value]) => [name, change(value, name)]));
}
