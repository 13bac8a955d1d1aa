import { setImmediate } from 'node:timers/promises';
import type { Incarnations } from '../../dynsec/commands/void-references.js';
import { groupWithoutVoidReferences, withoutVoidReferences } from '../../dynsec/commands/void-references.js';
import type { GroupMember } from '../../dynsec/document/to-document.js';
import {
  clientToDocument,
  extraToDocument,
  groupToDocument,
  listInGroups,
  roleToDocument,
} from '../../dynsec/document/to-document.js';
import type { Client, Extra, Group, Role } from '../../dynsec/entities.js';
import type { RealmState } from '../memory/realm-state.js';
import { incarnationsOf } from '../memory/realm-state.js';
import type { SortedNames } from '../memory/sorted-names.js';

/** One state of a realm, made ready to be written down piece by piece, whatever becomes of the realm meanwhile. */
export interface DocumentSource {
  readonly settings: RealmState['settings'];
  readonly changeIndex: number;
  /** In byte order of their names; may hold void references, as groups may. */
  readonly clients: readonly Client[];
  readonly groups: readonly Group[];
  readonly roles: readonly Role[];
  readonly incarnations: Incarnations;
  readonly extra?: Extra;
}

/** How many clients are looked up at once: a few milliseconds of work. */
const AT_ONCE = 10_000;

/**
 * Looks every client up, and lets others work in between. Done first and at one go, for the more a realm changes, the
 * slower it is to look into an older state of it.
 */
export async function documentSourceOf(state: RealmState, extra?: Extra): Promise<DocumentSource> {
  const { names, settings, changeIndex } = state;
  const clients: Client[] = [];
  for (let offset = 0; offset < names.clients.size; offset += AT_ONCE) {
    for (const name of names.clients.slice(offset, AT_ONCE)) {
      const client = state.clients.get(name);
      if (client) clients.push(client);
    }
    await setImmediate();
  }
  return {
    settings,
    changeIndex,
    clients,
    groups: inOrder(names.groups, state.groups),
    roles: inOrder(names.roles, state.roles),
    incarnations: incarnationsOf(state),
    ...(extra ? { extra } : {}),
  };
}

/**
 * The text of a dynamic-security.json, in pieces of some kilobytes at most: together what `JSON.stringify` with tabs
 * makes of `toDocument`, and a line feed. (Members that nobody knows whose names are numbers come last here, first
 * there.)
 */
export function* documentText(source: DocumentSource): Generator<string> {
  const { settings, incarnations } = source;
  const members = new Map<string, GroupMember[]>();
  yield `{\n\t"changeIndex": ${source.changeIndex},\n`;
  yield `\t"defaultACLAccess": ${indented(settings.defaultACLAccess, 1)},\n\t"clients": `;
  yield* list(source.clients, 1, (client) => {
    const shown = withoutVoidReferences(client, incarnations);
    listInGroups(shown, members);
    return clientToDocument(shown);
  });
  yield ',\n\t"groups": ';
  yield* list(source.groups, 1, (group) =>
    groupToDocument(groupWithoutVoidReferences(group, incarnations), members.get(group.groupname)),
  );
  const { anonymousGroup } = settings;
  if (anonymousGroup !== undefined) yield `,\n\t"anonymousGroup": ${JSON.stringify(anonymousGroup)}`;
  yield ',\n\t"roles": ';
  yield* list(source.roles, 1, roleToDocument);
  for (const [name, value] of Object.entries(extraToDocument(source))) {
    yield `,\n\t${JSON.stringify(name)}: ${indented(value, 1)}`;
  }
  yield '\n}\n';
}

/** Lists longer than this, as the members of a group or the ACLs of a role, are written element by element. */
const LONG = 100;

function* list<T>(elements: readonly T[], depth: number, show: (element: T) => object): Generator<string> {
  if (elements.length === 0) {
    yield '[]';
    return;
  }
  const tabs = '\t'.repeat(depth);
  let before = '[';
  for (const element of elements) {
    yield `${before}\n${tabs}\t`;
    yield* entity(show(element), depth + 1);
    before = ',';
  }
  yield `\n${tabs}]`;
}

function* entity(value: object, depth: number): Generator<string> {
  const entries = Object.entries(value) as [string, unknown][];
  if (!entries.some(([, member]) => Array.isArray(member) && member.length > LONG)) {
    yield indented(value, depth);
    return;
  }
  const tabs = '\t'.repeat(depth);
  let before = '{';
  for (const [name, member] of entries) {
    yield `${before}\n${tabs}\t${JSON.stringify(name)}: `;
    if (isLongListOfObjects(member)) yield* list(member, depth + 1, (element) => element);
    else yield indented(member, depth + 1);
    before = ',';
  }
  yield `\n${tabs}}`;
}

function isLongListOfObjects(value: unknown): value is readonly object[] {
  return (
    Array.isArray(value) &&
    value.length > LONG &&
    value.every((element) => typeof element === 'object' && element !== null && !Array.isArray(element))
  );
}

/** No string in JSON holds a line feed, so that every one of them begins a line. */
function indented(value: unknown, depth: number): string {
  return JSON.stringify(value, null, '\t').replaceAll('\n', `\n${'\t'.repeat(depth)}`);
}

function inOrder<T>(names: SortedNames, entities: ReadonlyMap<string, T>): readonly T[] {
  return names.slice(0, undefined).flatMap((name) => entities.get(name) ?? []);
}
