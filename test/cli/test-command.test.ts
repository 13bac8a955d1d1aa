import { ProjectFolder } from '../support/project-folder.js';

const PASSING = `it('passes', () => {}); it.skip('is skipped', () => {});`;
const FAILING = `it('fails', () => { throw new Error('on purpose'); }); it('passes', () => {});`;
const BROKEN = `require('./not-there.js'); it('is never reached', () => {});`;

describe('npm test', () => {
  let project: ProjectFolder;

  beforeAll(async () => {
    project = new ProjectFolder();
    project.write('src/main.ts', 'export {};');
    project.write('jest.config.json', '{ "testMatch": ["<rootDir>/test/**/*.test.cjs"] }');
    project.write('test/passing/a.test.cjs', PASSING);
    project.write('test/failing/b.test.cjs', FAILING);
    project.write('test/broken/c.test.cjs', BROKEN);
    await project.run('build');
  }, 60_000);
  afterAll(() => project.remove());

  it.each([
    ['what passes and what is skipped', ['test/passing'], 0, '1 passed, 0 failed, 1 skipped'],
    ['what fails', ['test/failing'], 1, '1 passed, 1 failed'],
    ['a file that cannot be run as a failure', ['test/broken'], 1, '0 passed, 1 failed'],
    ['all of it', [], 1, '2 passed, 2 failed, 1 skipped'],
    [
      'what the arguments choose',
      ['test/passing', '-t', 'nothing of this name'],
      0,
      '0 passed, 0 failed, 2 skipped',
    ],
    ['as a failure that there is nothing to run', ['test/nowhere'], 1, '0 passed, 1 failed'],
  ])('counts %s on the last line', async (_case, args, code, line) => {
    const result = await project.run('test', ...args);
    expect(result.stdout.split('\n').slice(-2)).toEqual([line, '']);
    expect(result.code).toBe(code);
  });
});
