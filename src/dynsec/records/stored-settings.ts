import type { Settings } from '../commands/draft.js';
import type { Extra } from '../entities.js';

/** The settings of a realm as a store keeps them: with what the document says beside them. */
export interface StoredSettings extends Settings {
  readonly extra?: Extra;
}
