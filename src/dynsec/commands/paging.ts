import type { CommandMembers } from './command-members.js';
import type { Draft, EntityKind, Page } from './draft.js';

/** The part of a list that a command asks for; everything, if it does not say. */
export function readPage(draft: Draft, members: CommandMembers, kind: EntityKind): Page {
  const count = members.integer('count', -1);
  const offset = Math.max(0, members.integer('offset', 0));
  // PARITY: a count of 0 asks for one (2.0.11 and 2.1.2).
  return draft.page(kind, offset, count < 0 ? undefined : Math.max(1, count));
}

/** The entities of a page, or their names where the command does not ask for more. */
export function listed<T>(
  members: CommandMembers,
  { names }: Page,
  find: (name: string) => T | undefined,
): readonly (string | T)[] {
  if (!members.boolean('verbose', false)) return names;
  return names.map(find).filter((entity) => entity !== undefined);
}
