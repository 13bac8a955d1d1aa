import { escapeControls } from '../dynsec/escape-controls.js';
import { Prompter } from './prompter.js';

/** What the commands that speak to a service need from outside. */
export interface ClientSurroundings {
  /** Writes to standard output. */
  print(text: string): void;
  /** Says something beside the output, one line, in the name of the program. */
  warn(text: string): void;
  /** The same in nobody's name. */
  complain(text: string): void;
  /** The command has failed, and has said so. */
  fail(): void;
  /** Whether somebody sees what is printed. */
  readonly isTerminal: boolean;
  /** Somebody's eyes and keyboard, or what stands in for them. */
  readonly prompter: Prompter;
  /** Writes over the line of before, for what takes long; undefined where nobody sees it. */
  readonly showProgress: ((line: string) => void) | undefined;
  /** Reads standard input to its end. */
  readInput(): Promise<Uint8Array>;
  /** A bearer token from the environment, if there is one. */
  adminToken(): string | undefined;
  /** Where options are looked for if no file is named; undefined: nowhere. */
  readonly optionsFile: string | undefined;
}

/** What of the process these commands use. */
export interface ClientProcess extends Pick<ClientSurroundings, 'adminToken' | 'fail' | 'optionsFile'> {
  readonly streams: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>;
}

const OVER_THE_LINE = '\r\u001b[K';

/** The surroundings that a process is. */
export function createClientSurroundings({ streams, ...given }: ClientProcess): ClientSurroundings {
  const { stdin, stdout, stderr } = streams;
  const complain = (text: string): void => {
    stderr.write(`${escapeControls(text)}\n`);
  };
  return {
    ...given,
    print: (text) => stdout.write(text),
    warn: (text) => {
      complain(`gatehouse: ${text}`);
    },
    complain,
    isTerminal: stdout.isTTY,
    prompter: new Prompter({ input: stdin, output: stderr }),
    showProgress: stderr.isTTY ? (line) => stderr.write(`${OVER_THE_LINE}${line}`) : undefined,
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin as AsyncIterable<Buffer>) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}
