import type { Incarnation, StoredPassword } from '../entities.js';
import type { ReplyData } from './entity-replies.js';
import type { CommandMembers } from './command-members.js';
import type { Draft } from './draft.js';

/** What modifying commands need beside the realm. */
export interface ChangeContext {
  /** A new incarnation, unlike all others and not `LOADED`. */
  mint(): Incarnation;
  /** The password of this command, hashed. @throws CommandRefusal where it cannot be. */
  hashedPassword(): StoredPassword;
}

/** A modifying command. It writes nothing when it is refused. @throws CommandRefusal */
export type ChangeCommand = (draft: Draft, members: CommandMembers, context: ChangeContext) => void;

/** A command that answers with data. @throws CommandRefusal */
export type ReadCommand = (draft: Draft, members: CommandMembers) => ReplyData;
