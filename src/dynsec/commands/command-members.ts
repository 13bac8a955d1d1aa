import type { JsonObject } from '../document/members.js';
import { isJsonObject, Members } from '../document/members.js';
import { isMqttText } from '../mqtt-text.js';
import { refuse } from './command-refusal.js';

/** The members that name an entity. */
export type NameMember = 'username' | 'groupname' | 'rolename';

/** What dynsec calls a name when it is no text. */
const NAMES: Readonly<Record<NameMember, string>> = {
  username: 'Username',
  groupname: 'Group name',
  rolename: 'Role name',
};

const MAX_INTEGER = 2 ** 31 - 1;

/**
 * The members of a command, or of an object inside one, as dynsec reads them: names in any case, the first of
 * several of one name, and its error for each that is not what it should be.
 */
export class CommandMembers {
  readonly #members: Members;

  constructor(object: JsonObject) {
    this.#members = new Members(object, '', []);
  }

  /** The value of a member, or undefined where there is none. */
  get(member: string): unknown {
    return this.#members.get(member);
  }

  /** @param label what the error calls the member. @throws CommandRefusal unless it is a string. */
  requiredString(member: string, label = member): string {
    const value = this.get(member);
    return typeof value === 'string' ? value : refuse(`Invalid/missing ${label}`);
  }

  /** A string, or undefined where there is none. @throws CommandRefusal where there is something else, null included. */
  strictString(member: string, label = member): string | undefined {
    return this.get(member) === undefined ? undefined : this.requiredString(member, label);
  }

  /** A string, or undefined where there is none, or something else. */
  lenientString(member: string): string | undefined {
    const value = this.get(member);
    return typeof value === 'string' ? value : undefined;
  }

  /** The name of an entity, which may be one that nothing has. @throws CommandRefusal unless it is a text. */
  name(member: NameMember): string {
    const name = this.requiredString(member);
    return isMqttText(name) ? name : refuse(`${NAMES[member]} not valid UTF-8`);
  }

  /** The name of an entity to be. @throws CommandRefusal unless something can have it. */
  newName(member: NameMember): string {
    if (this.requiredString(member) === '') refuse(`Empty ${member}`);
    return this.name(member);
  }

  /** A whole number within 32 bits, as dynsec cuts and bounds it; the default where there is none. */
  integer(member: string, otherwise: number): number {
    const value = this.get(member);
    if (typeof value !== 'number') return otherwise;
    return Math.max(-MAX_INTEGER - 1, Math.min(MAX_INTEGER, Math.trunc(value)));
  }

  /** True or false, or the default. */
  boolean(member: string, otherwise: boolean): boolean {
    const value = this.get(member);
    return typeof value === 'boolean' ? value : otherwise;
  }

  /** The objects of a list, what is no object passed over, or undefined where there is no list. */
  objects(member: string): readonly CommandMembers[] | undefined {
    const value = this.get(member);
    if (!Array.isArray(value)) return undefined;
    return value.filter((element) => isJsonObject(element)).map((element) => new CommandMembers(element));
  }
}
