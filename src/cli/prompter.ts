import type { ReadStream } from 'node:tty';
import { escapeControls } from '../dynsec/escape-controls.js';
import { CommandError } from './command-error.js';
import { SecretLine } from './secret-line.js';

/** Standard input, and where questions are shown. */
export interface PrompterStreams {
  readonly input: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>;
  readonly output: { write(text: string): unknown };
}

/**
 * Asks somebody at a terminal. Where standard input is no terminal nothing is shown, and each answer is one line of it.
 * SECURITY: what is typed as a password is not shown, and goes into no message.
 */
export class Prompter {
  #typedAhead = '';
  #hasEnded = false;

  constructor(private readonly streams: PrompterStreams) {}

  /** Whether somebody can be asked. */
  get isTerminal(): boolean {
    return this.streams.input.isTTY ?? false;
  }

  /** A password that exists. @throws CommandError where there is no answer. */
  async password(prompt: string): Promise<string> {
    const answer = this.isTerminal ? await this.#typeSecret(prompt) : await this.#readLine();
    if (answer === undefined) throw new CommandError('invalid_request', 'standard input holds no password');
    return answer;
  }

  /** A new password, asked for twice at a terminal; '' where there is none. @throws CommandError where the two differ. */
  async newPassword(prompt: string, again: string): Promise<string> {
    if (!this.isTerminal) return (await this.#readLine()) ?? '';
    const password = await this.#typeSecret(prompt);
    if (!password) return '';
    if (password === (await this.#typeSecret(again))) return password;
    throw new CommandError('invalid_request', 'the two passwords are not the same');
  }

  /** Whether the answer is yes. */
  async confirm(question: string): Promise<boolean> {
    this.streams.output.write(`${escapeControls(question)} [y/N] `);
    return /^y(?:es)?$/i.test(((await this.#readLine()) ?? '').trim());
  }

  /** Undefined where the input ends. */
  async #typeSecret(prompt: string): Promise<string | undefined> {
    const { input, output } = this.streams;
    input.setRawMode?.(true);
    output.write(escapeControls(prompt));
    try {
      const line = new SecretLine();
      do this.#typedAhead = line.type(this.#typedAhead);
      while (line.state === 'open' && (await this.#readMore()));
      if (line.state === 'interrupted') throw new CommandError('invalid_request', 'interrupted');
      return line.state === 'done' ? line.text : undefined;
    } finally {
      input.setRawMode?.(false);
      output.write('\n');
    }
  }

  /** Undefined where there is none any more. */
  async #readLine(): Promise<string | undefined> {
    let end: number;
    do end = this.#typedAhead.indexOf('\n');
    while (end === -1 && (await this.#readMore()));
    const line = end === -1 ? this.#typedAhead : this.#typedAhead.slice(0, end);
    this.#typedAhead = end === -1 ? '' : this.#typedAhead.slice(end + 1);
    return end === -1 && line === '' ? undefined : line.replace(/\r$/, '');
  }

  /** Waits for something to be typed. @returns false where nothing comes any more. */
  async #readMore(): Promise<boolean> {
    if (this.#hasEnded) return false;
    const { input } = this.streams;
    input.setEncoding('utf8');
    const text = await new Promise<string | undefined>((resolve, reject) => {
      const settle = (typed: string | undefined): void => {
        input.pause();
        input.off('data', settle).off('end', onEnd).off('error', reject);
        resolve(typed);
      };
      const onEnd = (): void => {
        settle(undefined);
      };
      input.on('data', settle).once('end', onEnd).once('error', reject).resume();
    });
    this.#hasEnded = text === undefined;
    this.#typedAhead += text ?? '';
    return text !== undefined;
  }
}
