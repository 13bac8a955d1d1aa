/** Something that whoever migrates has to know. */
export interface MigrationFinding {
  /** `lost`: something was not carried over, or not with its exact meaning. `note`: all is there, but look at this. */
  readonly kind: 'lost' | 'note';
  /** Where it stands: `acl_file:12`, the name of a key; empty where it is about the whole. */
  readonly place: string;
  /** What became of it, and why. SECURITY: never a password or a hash, for a hash may be a password by mistake. */
  readonly message: string;
}

/** Collects findings; the same one twice is one. */
export class Findings {
  readonly #findings = new Map<string, MigrationFinding>();

  get all(): readonly MigrationFinding[] {
    return [...this.#findings.values()];
  }

  /** Something was not carried over as it was. */
  lost(place: string, message: string): void {
    this.#add({ kind: 'lost', place, message });
  }

  /** Something that changes nothing, and is to be known. */
  note(place: string, message: string): void {
    this.#add({ kind: 'note', place, message });
  }

  #add(finding: MigrationFinding): void {
    this.#findings.set(`${finding.kind} ${finding.place} ${finding.message}`, finding);
  }
}

/** A few names for people, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `\`${name}\``);
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `1 client`, `2 clients`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
