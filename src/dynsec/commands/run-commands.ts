import type { Incarnation } from '../entities.js';
import type { BatchedCommand, BatchEntry } from './batch.js';
import { readBatch } from './batch.js';
import { CommandRefusal, refuse } from './command-refusal.js';
import { findCommand } from './command-table.js';
import type { Draft } from './draft.js';
import type { ReplyData } from './entity-replies.js';

/** What became of hashing a password: how it is stored, or why it cannot be, as the command is to answer it. */
export type HashedPassword = { readonly encoded: string } | { readonly error: string };

/** What commands need beside the realm. */
export interface CommandContext {
  /** A new incarnation, unlike all others and not `LOADED`. */
  mint(): Incarnation;
  /** The hash of the password that a command carries; asked for where `passwordsToHash` names one, if at all. */
  hashedPassword(commandIndex: number): HashedPassword;
  /** All or nothing: see {@link runCommands}. */
  readonly atomic?: boolean;
}

/** The answer to one command: an error, data, or nothing but that it was carried out. Members in dynsec's order. */
export interface CommandReply {
  readonly command: string;
  readonly error?: string;
  readonly data?: ReplyData;
  readonly correlationData?: string;
}

/** What became of a request. */
export interface BatchOutcome {
  /** As dynsec publishes it to `$CONTROL/dynamic-security/v1/response`. */
  readonly reply: { readonly responses: readonly CommandReply[] };
  /** An atomic batch has failed: the draft, kicks included, is to be thrown away. */
  readonly isUndone: boolean;
}

/**
 * Runs a request of dynsec commands and leaves the changes in a draft. Total, but for what the draft throws.
 * PARITY: an error ends the batch only where an entry is no command at all; commands before it stay (2.1.2).
 *
 * An atomic batch ends with its first error. Its reply has an entry for each command, and an error in each of them,
 * so that nobody takes one for done: the error of the one that failed, as ever; for those before it
 * `Undone: command N failed`, data that they had read included, for it may show what is undone; for those after it
 * `Not run: command N failed`. N counts from 1.
 *
 * @param payload the parsed JSON, objects with the first of several members of one name; or `NOT_JSON`.
 */
export function runCommands(draft: Draft, payload: unknown, context: CommandContext): BatchOutcome {
  const batch = readBatch(payload);
  const responses: CommandReply[] = [];
  for (const [i, entry] of batch.entries()) {
    const reply = runEntry(draft, entry, {
      mint: () => context.mint(),
      hashedPassword: () => context.hashedPassword(i),
    });
    if (context.atomic && reply.error !== undefined) return undo(batch, i, reply);
    responses.push(reply);
    if ('problem' in entry) break;
  }
  return { reply: { responses }, isUndone: false };
}

/** What one command needs. */
interface EntryContext {
  mint(): Incarnation;
  hashedPassword(): HashedPassword;
}

function runEntry(draft: Draft, entry: BatchEntry, context: EntryContext): CommandReply {
  if ('problem' in entry) return errorReply(entry, entry.problem);
  try {
    return runCommand(draft, entry, context);
  } catch (error) {
    if (error instanceof CommandRefusal) return errorReply(entry, error.answer);
    throw error;
  }
}

function runCommand(draft: Draft, entry: BatchedCommand, context: EntryContext): CommandReply {
  const { command, members } = entry;
  const known = findCommand(command) ?? refuse('Unknown command');
  if (entry.holdsNul) refuse('Invalid string: NUL character');
  if (known.kind === 'read') {
    // PARITY: data comes under dynsec's spelling of the command, anything else under the caller's (2.1.2).
    return { command: known.name, data: known.run(draft, members), ...correlationOf(entry) };
  }
  known.run(draft, members, {
    mint: () => context.mint(),
    hashedPassword: () => {
      const hashed = context.hashedPassword();
      return 'error' in hashed ? refuse(hashed.error) : { encoded: hashed.encoded };
    },
  });
  draft.countChange();
  return { command, ...correlationOf(entry) };
}

function undo(batch: readonly BatchEntry[], failed: number, reply: CommandReply): BatchOutcome {
  const because = `command ${failed + 1} failed`;
  const responses = batch.map((entry, i) => {
    if (i === failed) return reply;
    return errorReply(entry, i < failed ? `Undone: ${because}` : `Not run: ${because}`);
  });
  return { reply: { responses }, isUndone: true };
}

function errorReply(entry: BatchEntry, error: string): CommandReply {
  return { command: entry.command, error, ...correlationOf(entry) };
}

function correlationOf({ correlationData }: BatchEntry): Pick<CommandReply, 'correlationData'> {
  return correlationData === undefined ? {} : { correlationData };
}
