import { readFileSync } from 'node:fs';
import { migrateMosquitto } from '../../src/migrate/mosquitto/migrate-mosquitto.js';
import { writeDocument } from '../../src/migrate/migration.js';
import { runGatehouse } from '../support/cli/run-gatehouse.js';
import { check } from '../support/http/call.js';
import { startTestService } from '../support/service.js';

const FOLDER = 'examples/acl-file-migration';
const read = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8');
const source = (name: string) => ({ name, text: read(name) });

/** What the two files become now. */
const migrated = migrateMosquitto({
  passwordFile: source('password_file'),
  aclFile: source('acl_file'),
});

describe('the example of a migration', () => {
  it('is what the migration makes of its two files, with nothing lost', () => {
    expect(JSON.parse(writeDocument(migrated.configuration))).toEqual(
      JSON.parse(read('dynamic-security.json')),
    );
    expect(migrated.findings.filter(({ kind }) => kind === 'lost')).toEqual([]);
  });

  it('is what the command prints that its README shows', async () => {
    const args = ['--password-file', `${FOLDER}/password_file`, '--acl-file', `${FOLDER}/acl_file`];
    const { code, stdout } = await runGatehouse(['migrate', 'mosquitto', ...args]);
    expect([code, stdout]).toEqual([0, writeDocument(migrated.configuration)]);
  });

  it('lets its users in with the passwords that they had', async () => {
    const service = await startTestService({ document: read('dynamic-security.json') });
    try {
      const login = (username: string, password: string): Promise<number> =>
        check(service.url, '/auth/user', { username, password, clientid: 'any' }).then(
          ({ status }) => status,
        );
      expect(await login('jane', 'jane-secret')).toBe(200);
      expect(await login('bob', 'bob-secret')).toBe(200);
      expect(await login('bob', 'jane-secret')).toBe(403);
    } finally {
      await service.close();
    }
  });
});
