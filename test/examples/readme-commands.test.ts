import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGatehouse } from '../support/cli/run-gatehouse.js';

/** A command of a README, and what it is said to print, if that is shown. */
interface ShownCommand {
  readonly file: string;
  readonly command: string;
  readonly output: string | undefined;
}

const README_FILES = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('README.md'))
  .sort();

const COMMANDS = README_FILES.flatMap((file) =>
  commandsIn(file, readFileSync(join('examples', file), 'utf8')),
);

/** The commands of all blocks of `sh`; a block of nothing behind one is what its last command prints. */
function commandsIn(file: string, text: string): readonly ShownCommand[] {
  return [...text.matchAll(/```sh\n([^`]*)```(?:\n\n```\n([\s\S]*?)```)?/g)].flatMap(
    ([, block = '', output]) => {
      const commands = block.trim().split('\n');
      return commands.map((command, i) => ({
        ...{ file, command },
        output: i === commands.length - 1 ? output : undefined,
      }));
    },
  );
}

describe('the READMEs of the examples', () => {
  it('hold commands for each example', () => {
    expect(new Set(COMMANDS.map(({ file }) => file))).toEqual(new Set(README_FILES));
    expect(COMMANDS.filter(({ output }) => output !== undefined).length).toBeGreaterThan(6);
  });

  it.each(COMMANDS)('$file: $command', async ({ command, output }) => {
    const [npx, program, ...args] = command.split(' ');
    expect([npx, program]).toEqual(['npx', 'gatehouse']);
    const { code, stdout } = await runGatehouse(args);
    // 2 is an answer in the negative.
    expect([0, 2]).toContain(code);
    expect(stdout).toBe(output ?? stdout);
    expect(stdout).not.toBe('');
  });
});
