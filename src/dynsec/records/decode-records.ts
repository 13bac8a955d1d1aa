import type {
  Acl,
  Client,
  Extra,
  Group,
  GroupReference,
  Incarnation,
  Role,
  RoleReference,
  StoredPassword,
} from '../entities.js';
import { ACL_TYPES, LOADED } from '../entities.js';
import { RecordError } from './errors.js';
import { RecordReader } from './record-reader.js';
import type { StoredSettings } from './stored-settings.js';

/** The client that `encodeClient` wrote; void references are kept. @throws RecordError */
export function decodeClient(value: unknown): Client {
  const record = new RecordReader(value);
  const attributes = record.entries('attributes');
  return {
    username: record.string('username'),
    ...record.optionalString('clientid'),
    ...(record.has('clientids') ? { clientids: record.strings('clientids') } : {}),
    ...decodeTexts(record),
    disabled: record.boolean('disabled', false),
    superuser: record.boolean('superuser', false),
    ...(attributes ? { attributes: new Map(attributes.map(decodeAttribute)) } : {}),
    roles: decodeRoleReferences(record),
    groups: record.records('groups').map(decodeGroupReference),
    ...decodePassword(record),
    ...decodeExtra(record),
  };
}

/** The group that `encodeGroup` wrote. @throws RecordError */
export function decodeGroup(value: unknown): Group {
  const record = new RecordReader(value);
  return {
    groupname: record.string('groupname'),
    incarnation: decodeIncarnation(record),
    ...decodeTexts(record),
    roles: decodeRoleReferences(record),
    ...decodeExtra(record),
  };
}

/** The role that `encodeRole` wrote. @throws RecordError */
export function decodeRole(value: unknown): Role {
  const record = new RecordReader(value);
  return {
    rolename: record.string('rolename'),
    incarnation: decodeIncarnation(record),
    ...decodeTexts(record),
    allowwildcardsubs: record.boolean('allowwildcardsubs'),
    acls: record.records('acls').map(decodeAcl),
    ...decodeExtra(record),
  };
}

/** The settings that `encodeSettings` wrote. @throws RecordError */
export function decodeSettings(value: unknown): StoredSettings {
  const record = new RecordReader(value);
  const access = record.record('defaultACLAccess');
  return {
    defaultACLAccess: {
      publishClientSend: access.boolean('publishClientSend'),
      publishClientReceive: access.boolean('publishClientReceive'),
      subscribe: access.boolean('subscribe'),
      unsubscribe: access.boolean('unsubscribe'),
    },
    ...record.optionalString('anonymousGroup'),
    ...decodeExtra(record),
  };
}

function decodeTexts(record: RecordReader): Pick<Client, 'textname' | 'textdescription'> {
  return { ...record.optionalString('textname'), ...record.optionalString('textdescription') };
}

function decodeAttribute([name, value]: readonly [string, unknown]): readonly [string, string] {
  if (typeof value !== 'string') throw new RecordError('/attributes must hold strings');
  return [name, value];
}

function decodeRoleReferences(record: RecordReader): readonly RoleReference[] {
  return record.records('roles').map((reference) => ({
    rolename: reference.string('rolename'),
    incarnation: decodeIncarnation(reference),
    priority: reference.number('priority', -1),
  }));
}

function decodeGroupReference(reference: RecordReader): GroupReference {
  return {
    groupname: reference.string('groupname'),
    incarnation: decodeIncarnation(reference),
    priority: reference.number('priority', -1),
  };
}

function decodeAcl(record: RecordReader): Acl {
  const acltype = ACL_TYPES.find((type) => type === record.get('acltype'));
  if (!acltype) throw new RecordError(`${record.pointer}/acltype must be one of ${ACL_TYPES.join(', ')}`);
  return {
    acltype,
    topic: record.string('topic'),
    priority: record.number('priority'),
    allow: record.boolean('allow'),
  };
}

function decodePassword(record: RecordReader): { readonly password?: StoredPassword } {
  if (record.has('encoded_password')) return { password: { encoded: record.string('encoded_password') } };
  if (!record.has('password')) return {};
  return {
    password: {
      password: record.string('password'),
      salt: record.string('salt'),
      iterations: record.number('iterations'),
    },
  };
}

function decodeIncarnation(record: RecordReader): Incarnation {
  return record.has('incarnation') ? record.string('incarnation') : LOADED;
}

function decodeExtra(record: RecordReader): { readonly extra?: Extra } {
  const extra = record.entries('extra');
  return extra ? { extra: new Map(extra) } : {};
}
