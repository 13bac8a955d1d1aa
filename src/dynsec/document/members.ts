import type { Extra } from '../entities.js';
import { scalarOf } from '../show-value.js';
import type { Finding } from './finding.js';

/** A JSON object as it comes from outside. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How a member that is not what it should be is dealt with: see {@link Finding.severity}. */
interface Reported {
  readonly severity: Finding['severity'];
  /** Never shown. */
  readonly isSecret?: boolean;
}

/**
 * Reads the members of one object as dynsec does: names in any case, the first of several of one name.
 * Whatever is not as it should be becomes a finding.
 */
export class Members {
  readonly #values = new Map<string, { readonly name: string; readonly value: unknown }>();

  constructor(
    object: JsonObject,
    readonly pointer: string,
    private readonly findings: Finding[],
  ) {
    for (const name of Object.keys(object)) this.#take(name, object[name]);
  }

  /** The value of a member, or undefined where there is none. */
  get(name: string): unknown {
    return this.#values.get(name.toLowerCase())?.value;
  }

  /** Where a member stands, in its own spelling. */
  pointerTo(name: string): string {
    return pointerTo(this.pointer, this.#values.get(name.toLowerCase())?.name ?? name);
  }

  /** A string without NUL, or undefined. Absent and null are no finding. */
  string(name: string, reported: Reported = { severity: 'warning' }): string | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') {
      this.report(name, 'must be a string', reported);
      return undefined;
    }
    // SECURITY: dynsec cuts at NUL, and `admin\0x` would be `admin`.
    if (value.includes('\0')) {
      this.report(name, 'holds a NUL character', { ...reported, severity: 'error' });
      return undefined;
    }
    return value;
  }

  /** A boolean, or undefined. */
  boolean(name: string, reported: Reported = { severity: 'warning' }): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'boolean') return value;
    this.report(name, 'must be true or false', reported);
    return undefined;
  }

  /** A number, or undefined. */
  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number') return value;
    this.report(name, 'must be a number', { severity: 'warning' });
    return undefined;
  }

  /** The members of an object, or undefined. */
  object(name: string): Members | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (isJsonObject(value)) return new Members(value, this.pointerTo(name), this.findings);
    this.report(name, 'must be an object', { severity: 'warning' });
    return undefined;
  }

  /** The objects of a list, each with its members; what is no object is passed over. Absent is an empty list. */
  objects(name: string, reported: Reported = { severity: 'warning' }): readonly Members[] {
    const value = this.get(name);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.report(name, 'must be a list', reported);
      return [];
    }
    const pointer = this.pointerTo(name);
    return value.flatMap((element: unknown, i) => this.#element(element, pointerTo(pointer, String(i))));
  }

  /**
   * What is there beside the members that are known, for who keeps it.
   * @param known their names in lower case.
   */
  extra(known: ReadonlySet<string>): { readonly extra?: Extra } {
    // Nearly all objects hold nothing else: nothing is made for those.
    let extra: Map<string, unknown> | undefined;
    for (const [key, { name, value }] of this.#values) {
      if (!known.has(key)) (extra ??= new Map<string, unknown>()).set(name, value);
    }
    return extra ? { extra } : {};
  }

  /** Adds a finding about a member. */
  report(name: string, message: string, { severity, isSecret }: Reported): void {
    const value = isSecret ? undefined : scalarOf(this.get(name));
    const shown = value === undefined ? {} : { value };
    this.findings.push({ severity, pointer: this.pointerTo(name), message, ...shown });
  }

  /** Adds a finding about this object as a whole. */
  reportSelf(message: string): void {
    this.findings.push({ severity: 'warning', pointer: this.pointer, message });
  }

  #take(name: string, value: unknown): void {
    const key = name.toLowerCase();
    if (!this.#values.has(key)) {
      this.#values.set(key, { name, value });
      return;
    }
    const pointer = pointerTo(this.pointer, name);
    this.findings.push({
      severity: 'warning',
      pointer,
      message: 'is there more than once: the first one counts',
    });
  }

  #element(element: unknown, pointer: string): readonly Members[] {
    if (isJsonObject(element)) return [new Members(element, pointer, this.findings)];
    this.findings.push({
      severity: 'warning',
      pointer,
      message: 'must be an object; passed over',
      ...(typeof element === 'number' || typeof element === 'boolean' ? { value: element } : {}),
    });
    return [];
  }
}

/** Goes one step down in a JSON pointer. */
export function pointerTo(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
