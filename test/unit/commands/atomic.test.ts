import { TestRealm } from '../../support/commands/test-realm.js';

const ATOMIC = { atomic: true };

describe('an atomic batch', () => {
  it('is carried out as any other where no command fails', () => {
    const realm = new TestRealm();
    const commands = [{ command: 'createRole', rolename: 'r' }, { command: 'listRoles' }];
    expect(realm.send({ commands }, ATOMIC)).toMatchObject({
      isUndone: false,
      responses: [{ command: 'createRole' }, { command: 'listRoles', data: { totalCount: 1, roles: ['r'] } }],
    });
    expect(realm.data({ command: 'listRoles' })).toEqual({ totalCount: 1, roles: ['r'] });
  });

  it('is undone by its first error, and no entry of its reply looks like a success', () => {
    const realm = new TestRealm();
    realm.run({ command: 'createClient', username: 'u' });
    const before = realm.document();
    const outcome = realm.send(
      {
        commands: [
          { command: 'disableClient', username: 'u', correlationData: 'a' },
          { command: 'getClient', username: 'u' },
          { command: 'createRole', correlationData: 'c' },
          { command: 'createRole', rolename: 'r', correlationData: 'd' },
          7,
        ],
      },
      ATOMIC,
    );
    expect(outcome).toEqual({
      isUndone: true,
      kicked: [],
      commit: undefined,
      responses: [
        { command: 'disableClient', error: 'Undone: command 3 failed', correlationData: 'a' },
        { command: 'getClient', error: 'Undone: command 3 failed' },
        { command: 'createRole', error: 'Invalid/missing rolename', correlationData: 'c' },
        { command: 'createRole', error: 'Not run: command 3 failed', correlationData: 'd' },
        { command: 'Unknown command', error: 'Not run: command 3 failed' },
      ],
    });
    expect(realm.document()).toEqual(before);
  });

  it('is undone by what is no command', () => {
    const realm = new TestRealm();
    const { responses, isUndone } = realm.send(
      {
        commands: [{ command: 'createRole', rolename: 'r' }, 'bad', { command: 'createRole', rolename: 's' }],
      },
      ATOMIC,
    );
    expect(isUndone).toBe(true);
    expect(responses.map(({ error }) => error)).toEqual([
      'Undone: command 2 failed',
      'Command not an object',
      'Not run: command 2 failed',
    ]);
  });
});
