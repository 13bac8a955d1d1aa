import { readFileSync } from 'node:fs';
import { settingsTable } from '../../../src/config/settings.js';

/** A row of the table in docs/configuration.md. */
function rowOf({
  env,
  flag,
  isSecret,
  help,
  default: ifAbsent,
}: ReturnType<typeof settingsTable>[number]): string {
  const names = isSecret ? `\`${env}\`, \`${env}_FILE\`` : `\`${env}\`, \`${flag}\``;
  return `| ${names} | ${ifAbsent ? `\`${ifAbsent}\`` : ''} | ${help} |`;
}

describe('docs/configuration.md', () => {
  it('has a row for each setting, in their order, and no other', () => {
    const rows = readFileSync('docs/configuration.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(settingsTable().map(rowOf));
  });
});
