import type { JsonObject } from '../document/members.js';
import { isJsonObject, pointerTo } from '../document/members.js';
import { RecordError } from './errors.js';

/**
 * Reads the members of a record that a store has written: strictly, for whatever is not as it was written is damage.
 * Every method throws {@link RecordError} with the place.
 */
export class RecordReader {
  readonly #members: JsonObject;

  /** @param pointer where the record stands, as a JSON pointer; empty where it stands by itself. */
  constructor(
    value: unknown,
    readonly pointer = '',
  ) {
    if (!isJsonObject(value)) throw new RecordError(`${pointer || 'the record'} must be an object`);
    this.#members = value;
  }

  /** A member as it is; undefined where there is none. */
  get(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  string(name: string): string {
    const value = this.get(name);
    return typeof value === 'string' ? value : this.#refuse(name, 'a string');
  }

  /** With the member, if it is there. */
  optionalString<K extends string>(name: K): { readonly [P in K]?: string } {
    return this.has(name) ? ({ [name]: this.string(name) } as Record<K, string>) : {};
  }

  number(name: string, ifAbsent?: number): number {
    const value = this.get(name) ?? ifAbsent;
    return typeof value === 'number' ? value : this.#refuse(name, 'a number');
  }

  boolean(name: string, ifAbsent?: boolean): boolean {
    const value = this.get(name) ?? ifAbsent;
    return typeof value === 'boolean' ? value : this.#refuse(name, 'true or false');
  }

  strings(name: string): readonly string[] {
    return this.list(name).map((value, i) =>
      typeof value === 'string' ? value : this.#refuse(`${name}/${i}`, 'a string'),
    );
  }

  /** The elements of a list; none where it is not there. */
  list(name: string): readonly unknown[] {
    const value = this.get(name);
    if (value === undefined) return [];
    return Array.isArray(value) ? value : this.#refuse(name, 'a list');
  }

  /** The records of a list; none where it is not there. */
  records(name: string): readonly RecordReader[] {
    const pointer = pointerTo(this.pointer, name);
    return this.list(name).map((value, i) => new RecordReader(value, pointerTo(pointer, String(i))));
  }

  /** The record in a member. */
  record(name: string): RecordReader {
    return new RecordReader(this.get(name), pointerTo(this.pointer, name));
  }

  /** The names and values in a member that is an object; undefined where it is not there. */
  entries(name: string): readonly (readonly [string, unknown])[] | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    return isJsonObject(value) ? Object.entries(value) : this.#refuse(name, 'an object');
  }

  #refuse(name: string, kind: string): never {
    throw new RecordError(`${this.pointer}/${name} must be ${kind}`);
  }
}
