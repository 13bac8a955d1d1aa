import type { Argument, Option } from 'commander';

/** What a request to dynsec says beside the name of its command. */
export type Members = Readonly<Record<string, unknown>>;

/** Something that a command line says: the member of the request that it becomes, and how it is written. */
export interface Parameter {
  /** The member; `Argument` and `Option` have parsed its value. */
  readonly member: string;
  readonly argument: Argument;
}

/** A flag, together with the one that says the opposite. */
export interface Flag {
  /** The member, and the name under which commander keeps the value. */
  readonly member: string;
  readonly options: readonly Option[];
  /** What the member is where the opposite was said; undefined: not there. */
  readonly negated?: unknown;
}

/** One command of `gatehouse dynsec`. Help, completion, parsing and output come from here. */
export interface DynsecCommand {
  /** As dynsec spells it. */
  readonly name: string;
  /** One line of help. */
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly flags?: readonly Flag[];
  /** Asks for a new password where none is given; `optional`: an empty answer means none. */
  readonly asksPassword?: 'required' | 'optional';
  /** Without any of its flags it would change nothing, and is refused. */
  readonly needsFlag?: true;
  /** Rearranges the members where the request is not simply what the command line says. */
  readonly toRequest?: (members: Members) => Members;
  /** What is printed of the data of the reply, each line with its end. Absent: nothing is, as there is none. */
  readonly render?: (data: unknown) => string;
}

/** The commands about one thing. */
export interface CommandSection {
  readonly title: string;
  readonly commands: readonly DynsecCommand[];
}
