import { NOT_JSON } from '../../../src/dynsec/commands/batch.js';
import { passwordsToHash } from '../../../src/dynsec/commands/passwords-to-hash.js';
import { TestRealm } from '../../support/commands/test-realm.js';

function hashed(...commands: readonly unknown[]): readonly unknown[] {
  return passwordsToHash({ commands });
}

describe('the passwords to hash', () => {
  it('are those of the commands that set one, in any case', () => {
    expect(
      hashed(
        { command: 'createClient', username: 'a', password: 'x' },
        { command: 'listClients' },
        { command: 'SETCLIENTPASSWORD', UserName: 'b', PASSWORD: 'y' },
        { command: 'modifyClient', username: 'c', password: 'z' },
      ),
    ).toEqual([
      { commandIndex: 0, username: 'a', password: 'x' },
      { commandIndex: 2, username: 'b', password: 'y' },
      { commandIndex: 3, username: 'c', password: 'z' },
    ]);
  });

  it('are empty only where a client is created', () => {
    expect(
      hashed(
        { command: 'createClient', username: 'a', password: '' },
        { command: 'setClientPassword', username: 'a', password: '' },
        { command: 'modifyClient', username: 'a', password: '' },
      ),
    ).toEqual([{ commandIndex: 0, username: 'a', password: '' }]);
  });

  it.each([
    [{ command: 'createClient', username: 'a' }],
    [{ command: 'createClient', username: 'a', password: 5 }],
    [{ command: 'createClient', username: '', password: 'x' }],
    [{ command: 'createClient', username: '\u0007', password: 'x' }],
    [{ command: 'createClient', username: 'a', password: 'x\0' }],
    [{ command: 'modifyClient', password: 'x' }],
    [{ command: 'deleteClient', username: 'a', password: 'x' }],
  ])('are not those of a command that cannot set one: %j', (command) => {
    expect(hashed(command)).toEqual([]);
  });

  it('end where the batch ends', () => {
    const create = { command: 'createClient', username: 'a', password: 'x' };
    expect(hashed(create, 7, create)).toEqual([{ commandIndex: 0, username: 'a', password: 'x' }]);
    expect(passwordsToHash(NOT_JSON)).toEqual([]);
    expect(passwordsToHash({ commands: {} })).toEqual([]);
  });

  it('come back to the commands that brought them', () => {
    const realm = new TestRealm();
    realm.run(
      { command: 'createRole', rolename: 'r' },
      { command: 'createClient', username: 'a', password: 'x' },
      { command: 'createClient', username: 'b', password: '' },
      { command: 'createClient', username: 'c' },
    );
    expect(realm.document()).toMatchObject({
      clients: [
        { username: 'a', encoded_password: 'hash-1' },
        { username: 'b', encoded_password: 'hash-2' },
        { username: 'c', roles: [] },
      ],
    });
    realm.run(
      { command: 'setClientPassword', username: 'c', password: 'y' },
      { command: 'modifyClient', username: 'b', password: 'z' },
      { command: 'modifyClient', username: 'a', password: '' },
    );
    expect(realm.document()).toMatchObject({
      clients: [
        { username: 'a', encoded_password: 'hash-1' },
        { username: 'b', encoded_password: 'hash-1' },
        { username: 'c', encoded_password: 'hash-0' },
      ],
    });
  });
});
