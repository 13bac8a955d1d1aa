/**
 * Requests of dynsec commands as the tests write them, made into what `runCommands` takes.
 */
import { NOT_JSON } from '../../../src/dynsec/commands/batch.js';
import { decodeCommandText, hasLoneSurrogateEscape } from '../../../src/dynsec/commands/command-text.js';
import { JsonSyntaxError, readJson } from '../../../src/json/read-json.js';

/** The payload in the bytes of a request. */
export function payloadOf(bytes: Uint8Array): unknown {
  const text = decodeCommandText(bytes);
  if (hasLoneSurrogateEscape(text)) return NOT_JSON;
  try {
    return readJson(text).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return NOT_JSON;
    throw error;
  }
}
