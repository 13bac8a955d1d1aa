import { NOT_JSON } from '../../../src/dynsec/commands/batch.js';
import { decodeCommandText, hasLoneSurrogateEscape } from '../../../src/dynsec/commands/command-text.js';
import { runCommands } from '../../../src/dynsec/commands/run-commands.js';
import { payloadOf } from '../../support/commands/payload.js';
import { TestRealm } from '../../support/commands/test-realm.js';

const NUL_ERROR = 'Invalid string: NUL character';

describe('a request', () => {
  it('that is no JSON is one error', () => {
    expect(new TestRealm().send(NOT_JSON).responses).toEqual([
      { command: 'Unknown command', error: 'Payload not valid JSON' },
    ]);
  });

  it('has its replies in the members and the order in which dynsec writes them', () => {
    const realm = new TestRealm();
    const { responses } = realm.run(
      { command: 'CREATEROLE', rolename: 'r', correlationData: '1' },
      { command: 'createrole', rolename: 'r', correlationData: '2' },
      { command: 'GETROLE', rolename: 'r', correlationData: '' },
      { command: 'nope' },
    );
    expect(JSON.stringify(responses)).toBe(
      JSON.stringify([
        { command: 'CREATEROLE', correlationData: '1' },
        { command: 'createrole', error: 'Role already exists', correlationData: '2' },
        {
          command: 'getRole',
          data: { role: { rolename: 'r', allowwildcardsubs: true, acls: [] } },
          correlationData: '',
        },
        { command: 'nope', error: 'Unknown command' },
      ]),
    );
  });

  it('shows entities with their members in the order in which dynsec writes them', () => {
    const realm = new TestRealm();
    const texts = { textname: '', textdescription: 'd' };
    realm.run(
      { command: 'createRole', rolename: 'r', ...texts },
      { command: 'createGroup', groupname: 'g', ...texts, roles: [{ rolename: 'r', priority: 1 }] },
      {
        ...{ command: 'createClient', username: 'u', ...texts, superuser: true, clientids: ['u-*'] },
        ...{ attributes: { site: 'here' }, roles: [{ rolename: 'r' }], groups: [{ groupname: 'g' }] },
      },
      { command: 'disableClient', username: 'u' },
    );
    expect(JSON.stringify(realm.data({ command: 'getClient', username: 'u' }))).toBe(
      '{"client":{"username":"u","clientids":["u-*"],"textname":"","textdescription":"d","disabled":true,' +
        '"superuser":true,"attributes":{"site":"here"},"roles":[{"rolename":"r"}],' +
        '"groups":[{"groupname":"g"}],"connections":[]}}',
    );
    expect(JSON.stringify(realm.data({ command: 'getGroup', groupname: 'g' }))).toBe(
      '{"group":{"groupname":"g","textname":"","textdescription":"d","clients":[{"username":"u"}],' +
        '"roles":[{"rolename":"r","priority":1}]}}',
    );
  });

  it('goes on after errors, and not after what is no command', () => {
    const realm = new TestRealm();
    const { responses } = realm.run(
      { command: 'nope' },
      { command: 'createRole', rolename: 'a', correlationData: null },
      { command: 'createRole', rolename: 'b' },
    );
    expect(responses).toEqual([
      { command: 'nope', error: 'Unknown command' },
      { command: 'createRole', error: 'Invalid correlationData data type.' },
    ]);
    expect(realm.data({ command: 'listRoles' })).toEqual({ totalCount: 0, roles: [] });
  });

  it.each([
    ['a name', { command: 'deleteClient', username: 'admin\0x' }],
    ['a password', { command: 'setClientPassword', username: 'admin', password: 'p\0' }],
    ['a lenient member', { command: 'modifyClient', username: 'admin', clientid: '\0' }],
    ['a list', { command: 'createRole', rolename: 'r', acls: [{ acltype: 'x', topic: 'a\0b' }] }],
    ['a member name', { command: 'createRole', rolename: 'r', 'acls\0': [] }],
  ])('is refused where %s holds a NUL, which dynsec would cut', (_, command) => {
    const realm = new TestRealm();
    realm.run({ command: 'createClient', username: 'admin' });
    const before = realm.document();
    expect(realm.error(command)).toBe(NUL_ERROR);
    expect(realm.document()).toEqual(before);
  });

  it('that nests deeper than any stack is looked through', () => {
    let nested: unknown = ['\0'];
    for (let i = 0; i < 200_000; i++) nested = [nested];
    expect(new TestRealm().error({ command: 'getDetails', nested })).toBe(NUL_ERROR);
  });

  it('lets what a draft throws through', () => {
    const draft = new TestRealm().realm.draft();
    const missing = new Error('to be fetched');
    draft.client = () => {
      throw missing;
    };
    const request = { commands: [{ command: 'getClient', username: 'u' }] };
    const context = { mint: () => 'x', hashedPassword: () => ({ encoded: 'x' }) };
    expect(() => runCommands(draft, request, context)).toThrow(missing);
  });

  it('answers why a password cannot be hashed, and changes nothing', () => {
    const draft = new TestRealm().realm.draft();
    const { reply } = runCommands(
      draft,
      { commands: [{ command: 'createClient', username: 'u', password: 'long' }] },
      { mint: () => 'x', hashedPassword: () => ({ error: 'Password too long' }) },
    );
    expect(reply.responses).toEqual([{ command: 'createClient', error: 'Password too long' }]);
    expect(draft.hasChanges).toBe(false);
  });
});

describe('the text of a request', () => {
  it.each([
    ['ASCII, two, three and four bytes', 'aé\uFF5E\u{1F600}\u{10FFFF}', 'aé\uFF5E\u{1F600}\u{10FFFF}'],
    ['a byte order mark', '\uFEFFa', '\uFEFFa'],
  ])('is decoded as UTF-8: %s', (_, text, expected) => {
    expect(decodeCommandText(Buffer.from(text))).toBe(expected);
    // With a byte after it that is none, it goes another way.
    expect(decodeCommandText(Buffer.concat([Buffer.from(text), Buffer.from([0xff])]))).toBe(
      `${expected}\udcff`,
    );
  });

  it.each([
    ['a lone continuation', [0x80], '\udc80'],
    ['a character cut short', [0xe2, 0x82], '\udce2\udc82'],
    ['a character cut short before another', [0xe2, 0x82, 0x41], '\udce2\udc82A'],
    ['more bytes than need be', [0xc0, 0xaf, 0xe0, 0x80, 0xaf], '\udcc0\udcaf\udce0\udc80\udcaf'],
    ['more bytes than need be, of four', [0xf0, 0x80, 0x80, 0xaf], '\udcf0\udc80\udc80\udcaf'],
    ['an encoded surrogate', [0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
    ['a code point past the last', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
    ['a byte that never is', [0xfe], '\udcfe'],
  ])('keeps apart what is no UTF-8: %s', (_, bytes, expected) => {
    expect(decodeCommandText(Uint8Array.from(bytes))).toBe(expected);
  });

  it.each([
    ['"\\ud800"', true],
    ['"\\uDC00"', true],
    ['"\\udc00\\ud800"', true],
    ['"\\ud83d\\ude00\\ud83d"', true],
    ['"\\ud83d\\ude00"', false],
    ['"\\\\ud800"', false],
    ['"\\\\\\ud800"', true],
    ['"\\u0041\\n\\""', false],
    ['"\\ud7ff\\ue000"', false],
  ])('%s has an escape for a lone surrogate: %s', (json, expected) => {
    expect(hasLoneSurrogateEscape(json)).toBe(expected);
    expect(payloadOf(Buffer.from(json)) === NOT_JSON).toBe(expected);
  });

  it('that is no UTF-8 is echoed as U+FFFD', () => {
    const request = '{"commands":[{"command":"no\xff","correlationData":"\xfe"}]}';
    expect(new TestRealm().send(payloadOf(Buffer.from(request, 'latin1'))).responses).toEqual([
      { command: 'no\ufffd', error: 'Unknown command', correlationData: '\ufffd' },
    ]);
  });

  it('that is no UTF-8 is stored as U+FFFD where dynsec does not look into it', () => {
    const realm = new TestRealm();
    realm.run({ command: 'createClient', username: 'u' });
    const request =
      '{"commands":[{"command":"modifyClient","username":"u","clientid":"c\xff","textname":"\xfe"}]}';
    const { responses } = realm.send(payloadOf(Buffer.from(request, 'latin1')));
    expect(responses).toEqual([{ command: 'modifyClient' }]);
    expect(realm.data({ command: 'getClient', username: 'u' })).toMatchObject({
      client: { clientid: 'c\ufffd', textname: '\ufffd' },
    });
  });
});
