/** What a key that was pressed came to: a line that goes on, one that is done, or one that was given up. */
export type TypedState = 'open' | 'done' | 'interrupted' | 'ended';

/** A line that is typed without being seen, on a terminal in raw mode. */
export class SecretLine {
  #characters: string[] = [];
  #state: TypedState = 'open';

  get state(): TypedState {
    return this.#state;
  }

  get text(): string {
    return this.#characters.join('');
  }

  /** Takes what was typed, up to the end of the line. @returns the rest. */
  type(typed: string): string {
    const keys = [...typed];
    while (this.#state === 'open') {
      const key = keys.shift();
      if (key === undefined) break;
      this.#press(key);
    }
    return keys.join('');
  }

  #press(key: string): void {
    switch (key) {
      case '\r':
      case '\n':
        this.#state = 'done';
        break;
      case CONTROL_C:
        this.#state = 'interrupted';
        break;
      case CONTROL_D:
        if (this.#characters.length === 0) this.#state = 'ended';
        break;
      case BACKSPACE:
      case DELETE:
        this.#characters.pop();
        break;
      case CONTROL_U:
        this.#characters = [];
        break;
      default:
        this.#characters.push(key);
    }
  }
}

const CONTROL_C = '\u0003';
const CONTROL_D = '\u0004';
const BACKSPACE = '\b';
const CONTROL_U = '\u0015';
const DELETE = '\u007f';
