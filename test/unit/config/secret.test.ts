import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOKEN, load, problemsOf } from './configuration.js';

const NEEDED = 'is not a secret: at least 32 characters of ASCII, without spaces';
const SHORT = TOKEN.slice(1);

describe.each(['GATEHOUSE_ADMIN_TOKEN', 'GATEHOUSE_CHECK_TOKEN'])('the secrets of %s', (name) => {
  let dir: string;
  beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'gatehouse-secret-'))));
  afterAll(() => rmSync(dir, { recursive: true }));

  function secretFile(content: string | Uint8Array): string {
    const path = join(dir, 'secret');
    writeFileSync(path, content);
    return path;
  }

  function secrets(env: Record<string, string>): readonly string[] {
    const { adminTokens, checkTokens } = load(env);
    return name === 'GATEHOUSE_ADMIN_TOKEN' ? adminTokens : checkTokens;
  }

  it.each([
    ['alone', TOKEN, [TOKEN]],
    ['with a line break at the end', `${TOKEN}\n`, [TOKEN]],
    ['with a line break of Windows', `${TOKEN}\r\n`, [TOKEN]],
    ['on lines', `${TOKEN}1\n${TOKEN}2\n\n`, [`${TOKEN}1`, `${TOKEN}2`]],
    ['between commas', `${TOKEN}1, ${TOKEN}2`, [`${TOKEN}1`, `${TOKEN}2`]],
    [
      'of all characters that are allowed',
      `!"#$%&'()*+-./:;<=>?@[\\]^_\`{|}~aA0`,
      [`!"#$%&'()*+-./:;<=>?@[\\]^_\`{|}~aA0`],
    ],
  ])('come from the environment or a file: %s', (_case, text, expected) => {
    expect(secrets({ [name]: text })).toEqual(expected);
    expect(secrets({ [`${name}_FILE`]: secretFile(text) })).toEqual(expected);
  });

  it.each([
    ['31 characters', SHORT, [`entry 1, of 31 characters, ${NEEDED}`]],
    ['a short one among good ones', `${TOKEN},x,${TOKEN}`, [`entry 2, of 1 characters, ${NEEDED}`]],
    ['a space inside', `${TOKEN} ${TOKEN}`, [`entry 1, of 65 characters, ${NEEDED}`]],
    ['a letter beyond ASCII', `${TOKEN}ä`, [`entry 1, of 33 characters, ${NEEDED}`]],
    ['NUL', `${TOKEN}\0`, [`entry 1, of 33 characters, ${NEEDED}`]],
    ['nothing', '', ['nothing is not a list of secrets: leave the setting out where none is wanted']],
    [
      'separators alone',
      ' ,\n',
      ['nothing is not a list of secrets: leave the setting out where none is wanted'],
    ],
  ])('are refused, never shown: %s', (_case, text, messages) => {
    expect(problemsOf({ [name]: text })).toEqual(messages.map((message) => `${name}: ${message}`));
    const file = { [`${name}_FILE`]: secretFile(text) };
    expect(problemsOf(file)).toEqual(messages.map((message) => `${name}_FILE: ${message}`));
  });

  it('are refused where both the variable and the file are set, even if one is empty', () => {
    const problem = [`${name}_FILE: ${name} is set too: only one of the two can be meant`];
    expect(problemsOf({ [name]: TOKEN, [`${name}_FILE`]: secretFile(TOKEN) })).toEqual(problem);
    expect(problemsOf({ [name]: '', [`${name}_FILE`]: secretFile(TOKEN) })).toEqual(problem);
  });

  it('are refused where the file cannot be read, by its name', () => {
    const problem = (path: string, reason: string): string[] => [
      `${name}_FILE: \`${path}\` cannot be read: ${reason}`,
    ];
    const folder = join(dir, 'folder');
    mkdirSync(folder, { recursive: true });
    expect(problemsOf({ [`${name}_FILE`]: join(dir, 'none') })).toEqual(
      problem(join(dir, 'none'), 'there is no such file'),
    );
    expect(problemsOf({ [`${name}_FILE`]: folder })).toEqual(problem(folder, 'it is a directory'));
    expect(problemsOf({ [`${name}_FILE`]: '' })).toEqual(problem('', 'there is no such file'));
    expect(problemsOf({ [`${name}_FILE`]: 'a\0b' })).toEqual([
      expect.stringContaining('`a\\u{0}b` cannot be read'),
    ]);
  });

  it('are refused as a flag, with the name of the variable', () => {
    const flag = name === 'GATEHOUSE_ADMIN_TOKEN' ? 'adminToken' : 'checkToken';
    const [problem, ...others] = problemsOf({}, { [flag]: TOKEN });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^--(admin|check)-token: /);
    expect(problem).toContain(`set ${name} or ${name}_FILE`);
    expect(problem).not.toContain(TOKEN);
  });
});
