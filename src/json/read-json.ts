import type { ParseError } from 'jsonc-parser';
import { printParseErrorCode, visit } from 'jsonc-parser';
import { GatehouseError } from '../dynsec/errors.js';

/** A text that is not JSON, with the place. */
export class JsonSyntaxError extends GatehouseError {
  readonly code = 'invalid_document';
  readonly isPublic = true;

  /** @param line and @param column count from 1. */
  constructor(
    readonly line: number,
    readonly column: number,
    problem: string,
  ) {
    super(`line ${String(line)}, column ${String(column)}: ${problem}`);
  }
}

/** A member that stands in its object more than once. */
export interface DuplicateMember {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Says where a repeated member stands, and what is made of it. */
export function describeDuplicate({ name, line, column }: DuplicateMember): string {
  const place = `line ${String(line)}, column ${String(column)}`;
  return `${place}: \`${name}\` is there more than once: the first one counts`;
}

/** What a text says. */
export interface JsonText {
  readonly value: unknown;
  /** Members that came too late: the first of a name counts, as in dynsec; JSON.parse would take the last. */
  readonly duplicates: readonly DuplicateMember[];
}

/**
 * Reads JSON as it is specified (RFC 8259), a byte order mark at the start aside. Objects have no prototype, so that
 * no name in them means anything but itself.
 * @throws JsonSyntaxError
 */
export function readJson(text: string): JsonText {
  const builder = new Builder();
  visit(
    text.startsWith('\uFEFF') ? text.slice(1) : text,
    {
      onObjectBegin: (_offset, _length, line, character) => {
        refuseDepth(builder.depth, line, character);
        builder.begin({ kind: 'object', value: Object.create(null) as Record<string, unknown> });
      },
      onArrayBegin: (_offset, _length, line, character) => {
        refuseDepth(builder.depth, line, character);
        builder.begin({ kind: 'array', value: [] });
      },
      onObjectProperty: (name, _offset, _length, ...[line, character]) => {
        builder.property({ name, line: line + 1, column: character + 1 });
      },
      onLiteralValue: (value: unknown) => {
        builder.add(value);
      },
      onObjectEnd: () => {
        builder.end();
      },
      onArrayEnd: () => {
        builder.end();
      },
      onError: (error, _offset, _length, ...[line, character]) => {
        throw new JsonSyntaxError(line + 1, character + 1, describe(error));
      },
    },
    { disallowComments: true },
  );
  return { value: builder.root, duplicates: builder.duplicates };
}

/** What is read can be written again: whoever goes through it by recursion comes to an end. */
const MAX_DEPTH = 1_000;

/** @param line and @param character count from 0. */
function refuseDepth(depth: number, line: number, character: number): void {
  if (depth >= MAX_DEPTH) throw new JsonSyntaxError(line + 1, character + 1, 'nested too deeply');
}

/** `CommaExpected` as words. */
function describe(code: ParseError['error']): string {
  return printParseErrorCode(code)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

/** An object or a list under construction. */
type Container =
  | { readonly kind: 'object'; readonly value: Record<string, unknown> }
  | { readonly kind: 'array'; readonly value: unknown[] };

class Builder {
  root: unknown;
  readonly duplicates: DuplicateMember[] = [];
  readonly #open: { readonly container: Container; name: string | undefined }[] = [];

  /** How many objects and lists are open. */
  get depth(): number {
    return this.#open.length;
  }

  begin(container: Container): void {
    this.add(container.value);
    this.#open.push({ container, name: undefined });
  }

  end(): void {
    this.#open.pop();
  }

  property(member: DuplicateMember): void {
    const top = this.#open.at(-1);
    if (top?.container.kind !== 'object') return;
    const isDuplicate = Object.hasOwn(top.container.value, member.name);
    if (isDuplicate) this.duplicates.push(member);
    top.name = isDuplicate ? undefined : member.name;
  }

  /** Puts a value where it belongs; what belongs to a duplicate member belongs nowhere. */
  add(value: unknown): void {
    const top = this.#open.at(-1);
    if (!top) this.root = value;
    else if (top.container.kind === 'array') top.container.value.push(value);
    else if (top.name !== undefined) top.container.value[top.name] = value;
  }
}
