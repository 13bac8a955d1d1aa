import type { Finding } from './finding.js';
import type { JsonObject } from './members.js';
import { isJsonObject } from './members.js';

/** A document that came out of two. */
export interface MergedDocument {
  readonly document: JsonObject;
  /** Puts a finding about the merged document where it stands in the one that came in. */
  readonly locate: (finding: Finding) => Finding;
}

/** Lists of entities, each with the member that names one. */
const LISTS = [
  ['clients', 'username'],
  ['groups', 'groupname'],
  ['roles', 'rolename'],
] as const;

const PASSWORD_MEMBERS = ['encoded_password', 'password', 'salt', 'iterations'];

/**
 * Puts a document on top of another: entities that both have are those of the incoming one, those of one alone stay,
 * and so do settings that the incoming one does not name. A client that comes without a password keeps the one it has;
 * a group keeps its members, and gets those that come.
 *
 * INVARIANT: what comes in stands behind what stays, in its own order, so that places can be told.
 */
export function mergeDocuments(existing: JsonObject, incoming: JsonObject): MergedDocument {
  const merged = new Map(Object.entries(existing));
  for (const [name, value] of Object.entries(incoming)) {
    const key = name.toLowerCase();
    if (key === 'changeindex' || LISTS.some(([list]) => list === key)) continue;
    const known = nameLike(existing, name);
    merged.set(known, key === 'defaultaclaccess' ? mergeAccess(existing[known], value) : value);
  }
  const kept = new Map<string, number>();
  for (const [list, nameMember] of LISTS) {
    const coming = member(incoming, list);
    // What is no list is a finding, not nothing.
    if (coming !== undefined && !Array.isArray(coming)) merged.set(list, coming);
    else {
      const { entries, keptCount } = mergeEntities(
        listOf(existing, list),
        listOf(incoming, list),
        nameMember,
      );
      merged.set(list, entries);
      kept.set(list, keptCount);
    }
  }
  return { document: Object.fromEntries(merged), locate: (finding) => locate(finding, kept) };
}

/** An access that does not come stays as it is. */
function mergeAccess(existing: unknown, incoming: unknown): unknown {
  if (!isJsonObject(existing) || !isJsonObject(incoming)) return incoming;
  const stays = Object.entries(existing).filter(([name]) => member(incoming, name) === undefined);
  return Object.fromEntries([...stays, ...Object.entries(incoming)]);
}

function mergeEntities(
  existing: readonly unknown[],
  incoming: readonly unknown[],
  nameMember: string,
): { readonly entries: readonly unknown[]; readonly keptCount: number } {
  const before = new Map(existing.filter(isJsonObject).map((entity) => [member(entity, nameMember), entity]));
  const names = new Set(incoming.filter(isJsonObject).map((entity) => member(entity, nameMember)));
  const kept = [...before].flatMap(([name, entity]) => (names.has(name) ? [] : [entity]));
  const coming = incoming.map((entity) => {
    const old = isJsonObject(entity) ? before.get(member(entity, nameMember)) : undefined;
    return old && isJsonObject(entity) ? mergeEntity(old, entity, nameMember) : entity;
  });
  return { entries: [...kept, ...coming], keptCount: kept.length };
}

function mergeEntity(old: JsonObject, entity: JsonObject, nameMember: string): JsonObject {
  if (nameMember === 'groupname')
    return Object.fromEntries<unknown>([...Object.entries(entity), mergeMembers(old, entity)]);
  const hasPassword = PASSWORD_MEMBERS.some((name) => member(entity, name) !== undefined);
  if (nameMember !== 'username' || hasPassword) return entity;
  const password = PASSWORD_MEMBERS.filter((name) => old[name] !== undefined).map(
    (name): [string, unknown] => [name, old[name]],
  );
  return Object.fromEntries<unknown>([...Object.entries(entity), ...password]);
}

/** Who comes counts, with the priority that comes; who is there stays. */
function mergeMembers(old: JsonObject, group: JsonObject): [string, unknown] {
  const coming = listOf(group, 'clients');
  const names = new Set(coming.filter(isJsonObject).map((client) => member(client, 'username')));
  const staying = listOf(old, 'clients').filter(
    (client) => isJsonObject(client) && !names.has(member(client, 'username')),
  );
  return [nameLike(group, 'clients'), [...coming, ...staying]];
}

/** A finding about what stays is one about the realm: its place is not in the document that came in. */
function locate(finding: Finding, kept: ReadonlyMap<string, number>): Finding {
  const [, list = '', index = '', rest = ''] = /^\/([^/]+)\/(\d+)(.*)$/s.exec(finding.pointer) ?? [];
  const count = kept.get(list.toLowerCase());
  if (count === undefined) return finding;
  const at = Number(index) - count;
  if (at >= 0) return { ...finding, pointer: `/${list}/${String(at)}${rest}` };
  return { ...finding, pointer: '', message: `of what is there already: ${finding.message}` };
}

/** The value of a member, whose name may be in any case; of several, the first. */
function member(object: JsonObject, name: string): unknown {
  return object[nameLike(object, name)];
}

function nameLike(object: JsonObject, name: string): string {
  const key = name.toLowerCase();
  return Object.keys(object).find((other) => other.toLowerCase() === key) ?? name;
}

function listOf(object: JsonObject, name: string): readonly unknown[] {
  const value = member(object, name);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
