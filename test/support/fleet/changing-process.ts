/** Runs `changing-process.mjs`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandReply } from '../../../src/dynsec/commands/run-commands.js';
import { bounded, eventually } from '../e2e/eventually.js';

const SCRIPT = resolve(__dirname, 'changing-process.mjs');
const UNTIL_MS = 30_000;

/** A change that was begun, by the name under which the change log has it, if it does. */
export interface BegunChange {
  readonly by: string;
  readonly commands: readonly object[];
  readonly atomic: boolean;
  /** Absent: nobody was told, for the process was killed. */
  ending?: ChangeEnding;
}

/** What who asked for a change was told of it: `done`, or the class of the error. */
export interface ChangeEnding {
  readonly outcome: string;
  readonly message?: string;
  readonly revision?: string;
  readonly result?: readonly CommandReply[];
}

/** An instance that runs. */
export interface ChangingProcess {
  /** Everything that it has begun. */
  readonly changes: readonly BegunChange[];
  /** What it has said of records that it cannot take, and on stderr. */
  readonly problems: readonly string[];
  kill(): Promise<void>;
  /** Ends the changes; resolves when none is under way. */
  stopChanging(): Promise<void>;
  /** Waits until a state is in force, and ends it. @returns the realm as it has it. */
  tell(revision: string): Promise<unknown>;
}

type Line = Partial<BegunChange & ChangeEnding> & {
  readonly isReady?: true;
  readonly isStopped?: true;
  readonly damaged?: string;
  readonly document?: unknown;
};

/** How one is started. */
export interface ChangingSetup {
  /** Of a Redis, or of what is before it. */
  readonly port: number;
  readonly realm: string;
  readonly name: string;
  /** Puts documents of so many clients in place; absent: makes small changes. */
  readonly clients?: number;
}

/** Starts one, and waits until it changes the realm. */
export async function startChanging(setup: ChangingSetup): Promise<ChangingProcess> {
  const { port, realm, name, clients = '' } = setup;
  const child = spawn(process.execPath, [SCRIPT, ...[port, realm, name, clients].map(String)], {
    stdio: 'pipe',
  });
  const ended = once(child, 'close');
  const changes = new Map<string, BegunChange>();
  const problems: string[] = [];
  const said: Line[] = [];
  createInterface(child.stdout).on('line', (text) => {
    // Who is killed may have been in the middle of a line.
    if (!text.endsWith('}')) return;
    const line = JSON.parse(text) as Line;
    const { by = '', commands = [], atomic = false, outcome, damaged } = line;
    const begun = changes.get(by);
    if (outcome !== undefined && begun) begun.ending = { ...line, outcome };
    else if (by !== '') changes.set(by, { by, commands, atomic });
    else if (damaged !== undefined) problems.push(damaged);
    else said.push(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => problems.push(text));
  child.stdin.on('error', () => undefined);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const hasSaid = async (key: 'isReady' | 'isStopped'): Promise<void> => {
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    await eventually(() => said.some((line) => line[key]) || isOver(), Boolean, UNTIL_MS);
    if (isOver()) throw new Error(`${name} has ended: ${problems.join('; ')}`);
  };
  try {
    await hasSaid('isReady');
  } catch (error) {
    await kill();
    throw error;
  }
  return {
    get changes() {
      return [...changes.values()];
    },
    problems,
    kill,
    stopChanging: async () => {
      child.stdin.write('stop\n');
      await hasSaid('isStopped');
    },
    tell: async (revision) => {
      child.stdin.write(`tell ${revision}\n`);
      await bounded(ended, `the state ${revision} at ${name}`, UNTIL_MS);
      return said.at(-1)?.document;
    },
  };
}
