/**
 * Entities as stores write them, one JSON object each: as in a dynamic-security.json, but that a client lists its
 * groups, that groups, roles and references carry their incarnation where it is not `LOADED`, and that what nobody
 * knows stands apart, in `extra`. `decode-records.ts` makes the same of them again.
 */
import type { DocumentObject } from '../document/to-document.js';
import {
  clientToDocument,
  extraToDocument,
  priorityToDocument,
  roleReferenceToDocument,
  roleToDocument,
  textsToDocument,
} from '../document/to-document.js';
import type { Client, Extra, Group, GroupReference, Incarnation, Role, RoleReference } from '../entities.js';
import { LOADED } from '../entities.js';
import type { StoredSettings } from './stored-settings.js';

/** A JSON object of a store. */
export type EntityRecord = DocumentObject;

/** Void references are written as they are. */
export function encodeClient(client: Client): EntityRecord {
  return {
    ...clientToDocument(withoutExtra(client)),
    roles: client.roles.map(encodeRoleReference),
    groups: client.groups.map(encodeGroupReference),
    ...encodeExtra(client),
  };
}

/** Without its members, for clients say what they are members of. */
export function encodeGroup(group: Group): EntityRecord {
  return {
    groupname: group.groupname,
    ...encodeIncarnation(group),
    ...textsToDocument(group),
    roles: group.roles.map(encodeRoleReference),
    ...encodeExtra(group),
  };
}

export function encodeRole(role: Role): EntityRecord {
  const { rolename, ...members } = roleToDocument(withoutExtra(role));
  return { rolename, ...encodeIncarnation(role), ...members, ...encodeExtra(role) };
}

export function encodeSettings(settings: StoredSettings): EntityRecord {
  const { defaultACLAccess, anonymousGroup } = settings;
  return {
    defaultACLAccess,
    ...(anonymousGroup === undefined ? {} : { anonymousGroup }),
    ...encodeExtra(settings),
  };
}

function encodeRoleReference(reference: RoleReference): EntityRecord {
  return { ...roleReferenceToDocument(reference), ...encodeIncarnation(reference) };
}

function encodeGroupReference(reference: GroupReference): EntityRecord {
  return {
    groupname: reference.groupname,
    ...priorityToDocument(reference),
    ...encodeIncarnation(reference),
  };
}

function encodeIncarnation({ incarnation }: { readonly incarnation: Incarnation }): EntityRecord {
  return incarnation === LOADED ? {} : { incarnation };
}

/** It may hold any name, so that it does not stand among the others. */
function encodeExtra(entity: { readonly extra?: Extra }): EntityRecord {
  return entity.extra ? { extra: extraToDocument(entity) } : {};
}

function withoutExtra<T extends { readonly extra?: Extra }>(entity: T): Omit<T, 'extra'> {
  if (!entity.extra) return entity;
  const { extra: _, ...known } = entity;
  return known;
}
