import { showValue } from '../show-value.js';

/** Something in a document that is not as it should be. */
export interface Finding {
  /**
   * `error`: the document is not taken. `warning`: Mosquitto passes over it in silence, and so does Gatehouse,
   * but not in silence.
   */
  readonly severity: 'error' | 'warning';
  /** Where, as a JSON pointer (RFC 6901). */
  readonly pointer: string;
  /** What is wrong, and what is made of it. */
  readonly message: string;
  /** What stands there; absent where nothing does, where it is a list or an object, or where it is secret. */
  readonly value?: unknown;
}

/** One line for people. */
export function describeFinding({ pointer, message, value }: Finding): string {
  const shown = value === undefined ? '' : ` (${showValue(value)})`;
  return `${pointer === '' ? 'the document' : pointer}: ${message}${shown}`;
}
