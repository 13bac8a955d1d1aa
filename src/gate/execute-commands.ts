import { findCommand } from '../dynsec/commands/command-table.js';
import { passwordsToHash } from '../dynsec/commands/passwords-to-hash.js';
import type { BatchOutcome, CommandContext, HashedPassword } from '../dynsec/commands/run-commands.js';
import { runCommands } from '../dynsec/commands/run-commands.js';
import type { Incarnation } from '../dynsec/entities.js';
import { holdClient } from './hold-client.js';
import type { ChangeOrigin, PasswordHasher, RealmStore } from './ports.js';

/** A request of dynsec commands. */
export interface CommandRequest {
  /** The parsed JSON, or `NOT_JSON`. */
  readonly payload: unknown;
  readonly origin: ChangeOrigin;
  /** All or nothing: the first error undoes the batch. */
  readonly isAtomic: boolean;
}

/** What became of it. */
export interface CommandResult {
  readonly reply: BatchOutcome['reply'];
  readonly revision: string;
  /** Who should be disconnected: user names, null for all who have none. */
  readonly kicked: () => readonly (string | null)[];
}

/**
 * Runs dynsec commands; what they changed is durable and in force when it resolves.
 * @throws StoreError where it could not be made durable, UndecidedError where passwords could not be hashed in time:
 * nothing is changed then.
 */
export type ExecuteCommands = (request: CommandRequest) => Promise<CommandResult>;

/** What commands need from outside. */
export interface CommandDependencies {
  readonly store: RealmStore;
  readonly hasher: PasswordHasher;
  /** A new incarnation, unlike all others. */
  readonly mint: () => Incarnation;
}

/** Makes the use case. */
export function createExecuteCommands(dependencies: CommandDependencies): ExecuteCommands {
  const { store, mint } = dependencies;
  return async ({ payload, origin, isAtomic }) => {
    const hashes = await hashPasswords(dependencies, payload);
    const context: CommandContext = {
      mint,
      atomic: isAtomic,
      hashedPassword: (commandIndex) => hashes.get(commandIndex) ?? { error: 'Internal error' },
    };
    const { result, revision, kicked } = await store.commit(origin, (draft) => {
      const { reply, isUndone } = runCommands(draft, payload, context);
      return { result: reply, isUndone, commands: changesOf(reply) };
    });
    return { reply: result, revision, kicked };
  };
}

/** One after the other: logins are not to wait behind a large batch. */
async function hashPasswords(
  { store, hasher }: CommandDependencies,
  payload: unknown,
): Promise<ReadonlyMap<number, HashedPassword>> {
  const hashes = new Map<number, HashedPassword>();
  for (const { commandIndex, username, password } of passwordsToHash(payload)) {
    await holdClient(store, username);
    const stored = store.snapshot().client(username)?.password;
    hashes.set(commandIndex, await hasher.hashNew(password, stored));
  }
  return hashes;
}

/** The commands that changed something, in dynsec's spelling. */
function changesOf({ responses }: BatchOutcome['reply']): readonly string[] {
  return responses.flatMap(({ command, error }) => {
    const known = error === undefined ? findCommand(command) : undefined;
    return known?.kind === 'change' ? [known.name] : [];
  });
}
