import { SETTINGS, settingsTable } from '../../../src/config/settings.js';
import { PASSWORD_HASH_FORMS } from '../../../src/credentials/hash-recipe.js';
import { load, problemsOf } from './configuration.js';

describe('the table of settings', () => {
  it.each(settingsTable())('calls the flag of $env as the variable', ({ env, flag, name }) => {
    expect(flag).toMatch(/^--[a-z]+(-[a-z]+)*$/);
    expect(env).toBe(`GATEHOUSE_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`);
    expect(name.toLowerCase()).toBe(flag.replaceAll('-', ''));
  });

  it.each(settingsTable())('explains $env in one sentence', ({ help }) => {
    expect(help).toMatch(/^[A-Z][^\n]{10,110}\.$/);
  });

  it.each(settingsTable().filter((row) => row.default !== undefined))(
    'has a default for $env that may be written as well',
    ({ env, default: text }) => {
      expect(load({ [env]: text })).toEqual(load());
    },
  );

  it('has every setting once', () => {
    const rows = settingsTable();
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(SETTINGS));
    expect(new Set(rows.map(({ env }) => env)).size).toBe(rows.length);
  });

  it('gives no default to a secret', () => {
    const secrets = settingsTable().filter(({ isSecret }) => isSecret);
    expect(secrets.map(({ env, default: text }) => [env, text])).toEqual([
      ['GATEHOUSE_ADMIN_TOKEN', undefined],
      ['GATEHOUSE_CHECK_TOKEN', undefined],
      ['GATEHOUSE_CREDENTIAL_KEY', undefined],
      ['GATEHOUSE_REDIS_URL', undefined],
    ]);
  });

  it('knows every form of password hash that there is', () => {
    const problems = PASSWORD_HASH_FORMS.map((form) => problemsOf({ GATEHOUSE_PASSWORD_HASH: form }));
    expect(problems.flat()).toEqual([]);
  });
});
