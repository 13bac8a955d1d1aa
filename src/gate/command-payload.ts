import { NOT_JSON } from '../dynsec/commands/batch.js';
import { decodeCommandText, hasLoneSurrogateEscape } from '../dynsec/commands/command-text.js';

/**
 * The payload of a request of dynsec commands, from its bytes. Total: what is no JSON is `NOT_JSON`, which has an
 * answer of its own.
 * @param parseJson gives the value of a JSON text, or undefined where it is none; JSON itself has no undefined.
 */
export function parseCommandPayload(bytes: Uint8Array, parseJson: (text: string) => unknown): unknown {
  const text = decodeCommandText(bytes);
  if (hasLoneSurrogateEscape(text)) return NOT_JSON;
  const value = parseJson(text);
  return value === undefined ? NOT_JSON : value;
}
