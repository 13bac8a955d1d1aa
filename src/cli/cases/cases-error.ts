import { escapeControls } from '../../dynsec/escape-controls.js';
import { GatehouseError } from '../../dynsec/errors.js';

/** Something that is wrong with a file of cases. */
export interface CasesProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** How many problems a message names. */
const MAX_NAMED = 20;

/** A file of cases that cannot be taken; the message holds what is wrong with it, one a line. */
export class CasesError extends GatehouseError {
  readonly code = 'invalid_document';
  readonly isPublic = true;

  /** @param problems at least one, in the order of the file. */
  constructor(path: string, problems: readonly CasesProblem[], options?: ErrorOptions) {
    const named = problems.slice(0, MAX_NAMED).map(({ line, message }) => `${path}:${line}: ${message}`);
    const others = problems.length - named.length;
    super(escapeLines([...named, ...(others > 0 ? [`and ${others} more`] : [])]), options);
  }
}

function escapeLines(lines: readonly string[]): string {
  return lines.map(escapeControls).join('\n');
}
