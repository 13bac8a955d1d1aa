/** Random entities with all that may be in one, whether or not commands or documents could lead to it. */
import * as fc from 'fast-check';
import { ACL_TYPES } from '../../src/dynsec/entities.js';
import type { Client, Extra, Group, Role } from '../../src/dynsec/entities.js';
import type { StoredSettings } from '../../src/dynsec/records/stored-settings.js';

const name = fc.oneof(
  fc.constantFrom('a', 'b', '__proto__', 'constructor', 'é', '\u{1F600}', 'x\ny', '"', '\u2028'),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
);
const text = fc.oneof(fc.constantFrom('', 'text', 'line\nline'), fc.string({ unit: 'grapheme' }));
const incarnation = fc.constantFrom('', 'i1', 'i2');
const priority = fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer());

const roleReferences = fc.array(fc.record({ rolename: name, incarnation, priority }), { maxLength: 3 });
const groupReferences = fc.array(fc.record({ groupname: name, incarnation, priority }), { maxLength: 3 });
const acls = fc.array(
  fc.record({ acltype: fc.constantFrom(...ACL_TYPES), topic: text, priority, allow: fc.boolean() }),
  { maxLength: 4 },
);

/** What JSON can say, and JavaScript says in the same words. */
const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
const names = fc.oneof(name, fc.constantFrom('username', 'groups', 'incarnation', 'extra', 'toJSON'));

export const extra: fc.Arbitrary<Extra> = fc
  .uniqueArray(fc.tuple(names, json), { selector: ([each]) => each, minLength: 1, maxLength: 3 })
  // Names that are numbers would come out in another order than they went in.
  .map((entries) => new Map(entries.filter(([each]) => !/^\d+$/.test(each))))
  .filter(({ size }) => size > 0);

const password = fc.oneof(
  fc.record({ encoded: text }),
  fc.record({ password: text, salt: text, iterations: fc.integer() }),
);
const attributes = fc
  .uniqueArray(fc.tuple(fc.constantFrom('site', 'Site', 'zone_1', 'constructor'), text), {
    selector: ([each]) => each,
  })
  .map((entries) => new Map(entries));

const texts = { textname: text, textdescription: text };

export const client: fc.Arbitrary<Client> = fc.record(
  {
    username: name,
    clientid: name,
    clientids: fc.array(name, { minLength: 1, maxLength: 3 }),
    ...texts,
    disabled: fc.boolean(),
    superuser: fc.boolean(),
    attributes,
    roles: roleReferences,
    groups: groupReferences,
    password,
    extra,
  },
  { requiredKeys: ['username', 'disabled', 'superuser', 'roles', 'groups'] },
);

export const group: fc.Arbitrary<Group> = fc.record(
  { groupname: name, incarnation, ...texts, roles: roleReferences, extra },
  { requiredKeys: ['groupname', 'incarnation', 'roles'] },
);

export const role: fc.Arbitrary<Role> = fc.record(
  { rolename: name, incarnation, ...texts, allowwildcardsubs: fc.boolean(), acls, extra },
  { requiredKeys: ['rolename', 'incarnation', 'allowwildcardsubs', 'acls'] },
);

export const settings: fc.Arbitrary<StoredSettings> = fc.record(
  {
    defaultACLAccess: fc.record({
      publishClientSend: fc.boolean(),
      publishClientReceive: fc.boolean(),
      subscribe: fc.boolean(),
      unsubscribe: fc.boolean(),
    }),
    anonymousGroup: name,
    extra,
  },
  { requiredKeys: ['defaultACLAccess'] },
);
