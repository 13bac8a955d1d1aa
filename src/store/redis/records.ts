/** Entities as the hashes of a realm hold them: one JSON text each. */
import { createHash } from 'node:crypto';
import {
  decodeClient,
  decodeGroup,
  decodeRole,
  decodeSettings,
} from '../../dynsec/records/decode-records.js';
import {
  encodeClient,
  encodeGroup,
  encodeRole,
  encodeSettings,
} from '../../dynsec/records/encode-records.js';
import { RecordError } from '../../dynsec/records/errors.js';
import type { StoredSettings } from '../../dynsec/records/stored-settings.js';
import type { Client, Group, Incarnation, Role } from '../../dynsec/entities.js';
import { LOADED } from '../../dynsec/entities.js';
import { messageOf } from '../system-error.js';

/**
 * The incarnation, here alone, of a role or group that has none in Redis, as when it was written by hand. No reference
 * carries it: those without one are void until `touch` gives both their due.
 */
export const UNSTAMPED: Incarnation = '?';

export function clientText(client: Client): string {
  return JSON.stringify(encodeClient(client));
}

export function groupText(group: Group): string {
  return JSON.stringify(encodeGroup(group));
}

export function roleText(role: Role): string {
  return JSON.stringify(encodeRole(role));
}

export function settingsText(settings: StoredSettings): string {
  return JSON.stringify(encodeSettings(settings));
}

/** @throws RecordError, with the name and the place */
export function readClient(name: string, text: string): Client {
  const client = read('client', name, () => decodeClient(JSON.parse(text)));
  return requireName('client', name, { name: client.username, entity: client });
}

/** @throws RecordError, with the name and the place */
export function readGroup(name: string, text: string): Group {
  const group = stamped(read('group', name, () => decodeGroup(JSON.parse(text))));
  return requireName('group', name, { name: group.groupname, entity: group });
}

/** @throws RecordError, with the name and the place */
export function readRole(name: string, text: string): Role {
  const role = stamped(read('role', name, () => decodeRole(JSON.parse(text))));
  return requireName('role', name, { name: role.rolename, entity: role });
}

/** @throws RecordError, with the place */
export function readSettings(text: string | undefined): StoredSettings {
  return read('settings', 'of the realm', () => decodeSettings(JSON.parse(text ?? 'null')));
}

/** By which a value is compared. */
export function digestOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function stamped<T extends { readonly incarnation: Incarnation }>(entity: T): T {
  return entity.incarnation === LOADED ? { ...entity, incarnation: UNSTAMPED } : entity;
}

function read<T>(kind: string, name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new RecordError(`${kind} \`${name}\` in Redis: ${messageOf(error)}`, { cause: error });
  }
}

function requireName<T>(kind: string, name: string, read: { readonly name: string; readonly entity: T }): T {
  if (read.name === name) return read.entity;
  throw new RecordError(`${kind} \`${name}\` in Redis calls itself \`${read.name}\``);
}
