import * as fc from 'fast-check';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../../src/dynsec/document/to-document.js';
import {
  decodeClient,
  decodeGroup,
  decodeRole,
  decodeSettings,
} from '../../../src/dynsec/records/decode-records.js';
import {
  encodeClient,
  encodeGroup,
  encodeRole,
  encodeSettings,
} from '../../../src/dynsec/records/encode-records.js';
import { RecordError } from '../../../src/dynsec/records/errors.js';
import { client, group, role, settings } from '../../support/entity-arbitraries.js';
import { testSeed } from '../../support/seed.js';

const RUNS = { seed: testSeed(), numRuns: 500 };

/** Through the text that a store writes. */
function through<T>(entity: T, encode: (entity: T) => unknown, decode: (value: unknown) => T): T {
  return decode(JSON.parse(JSON.stringify(encode(entity))));
}

describe('a record', () => {
  it('of a client is read as what was written', () => {
    fc.assert(
      fc.property(client, (each) => {
        expect(through(each, encodeClient, decodeClient)).toEqual(each);
      }),
      RUNS,
    );
  });

  it('of a group is read as what was written', () => {
    fc.assert(
      fc.property(group, (each) => {
        expect(through(each, encodeGroup, decodeGroup)).toEqual(each);
      }),
      RUNS,
    );
  });

  it('of a role is read as what was written', () => {
    fc.assert(
      fc.property(role, (each) => {
        expect(through(each, encodeRole, decodeRole)).toEqual(each);
      }),
      RUNS,
    );
  });

  it('of the settings is read as what was written', () => {
    fc.assert(
      fc.property(settings, (each) => {
        expect(through(each, encodeSettings, decodeSettings)).toEqual(each);
      }),
      RUNS,
    );
  });

  it('reads as a dynamic-security.json does, but for groups and incarnations', () => {
    const references = {
      roles: [
        { rolename: 'r', incarnation: '', priority: -1 },
        { rolename: 's', incarnation: 'i', priority: 2 },
      ],
      groups: [{ groupname: 'g', incarnation: 'j', priority: -1 }],
    };
    const encoded = encodeClient({
      username: 'u',
      disabled: true,
      superuser: false,
      password: { encoded: '$7$' },
      extra: new Map([['groups', 1]]),
      ...references,
    });
    expect(JSON.stringify(encoded)).toBe(
      JSON.stringify({
        username: 'u',
        disabled: true,
        roles: [{ rolename: 'r' }, { rolename: 's', priority: 2, incarnation: 'i' }],
        encoded_password: '$7$',
        groups: [{ groupname: 'g', incarnation: 'j' }],
        extra: { groups: 1 },
      }),
    );
  });

  it.each([
    ['a client', decodeClient, { username: 5 }, '/username must be a string'],
    ['a client', decodeClient, [], 'the record must be an object'],
    ['a client', decodeClient, { username: 'u', disabled: 'no' }, '/disabled must be true or false'],
    ['a client', decodeClient, { username: 'u', clientids: ['a', 5] }, '/clientids/1 must be a string'],
    ['a client', decodeClient, { username: 'u', roles: [{}] }, '/roles/0/rolename must be a string'],
    ['a client', decodeClient, { username: 'u', groups: [null] }, '/groups/0 must be an object'],
    ['a client', decodeClient, { username: 'u', attributes: { a: 1 } }, '/attributes must hold strings'],
    ['a client', decodeClient, { username: 'u', password: 'p', salt: 's' }, '/iterations must be a number'],
    ['a group', decodeGroup, { groupname: 'g', roles: {} }, '/roles must be a list'],
    ['a group', decodeGroup, { groupname: 'g', extra: [] }, '/extra must be an object'],
    ['a role', decodeRole, { rolename: 'r' }, '/allowwildcardsubs must be true or false'],
    [
      'a role',
      decodeRole,
      { rolename: 'r', allowwildcardsubs: true, acls: [{ acltype: 'publish' }] },
      '/acls/0/acltype must be one of',
    ],
    ['settings', decodeSettings, { defaultACLAccess: {} }, '/defaultACLAccess/publishClientSend must be'],
  ])('of %s that is none of ours is refused with the place', (_kind, decode, value, message) => {
    expect(() => decode(value)).toThrow(RecordError);
    expect(() => decode(value)).toThrow(message);
  });
});

describe('what nobody knows in a document', () => {
  const document = {
    Site: { name: 'north' },
    clients: [{ username: 'u', textName: 'U', groups: ['odd'], roles: [], Note: null }],
    groups: [{ groupname: 'g', incarnation: 'x', roles: [], clients: [] }],
    roles: [{ rolename: 'r', acls: [], toJSON: 1 }],
    ['__proto__']: 'kept',
  };

  it('is kept, in its spelling, behind what is known', () => {
    const text = JSON.stringify(JSON.parse('{"__proto__":"kept",' + JSON.stringify(document).slice(1)));
    const { configuration, findings } = parseConfiguration(JSON.parse(text));
    expect(findings).toEqual([]);
    if (!configuration) throw new Error('the document is not taken');
    const written = JSON.stringify(toDocument(configuration));
    expect(written).toContain('{"username":"u","textname":"U","roles":[],"groups":["odd"],"Note":null}');
    expect(written).toContain('"clients":[],"incarnation":"x"}');
    expect(written).toContain('"acls":[],"toJSON":1}');
    expect(written).toMatch(/"roles":\[.*\],"__proto__":"kept","Site":\{"name":"north"\}\}$/);
    expect(parseConfiguration(JSON.parse(written)).configuration).toEqual(configuration);
  });

  it('is not there where there is none', () => {
    const { configuration } = parseConfiguration({ clients: [{ username: 'u' }], groups: [], roles: [] });
    expect(configuration).not.toHaveProperty('extra');
    expect(configuration?.clients.get('u')).not.toHaveProperty('extra');
  });
});
