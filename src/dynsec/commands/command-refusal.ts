/** Why a command is not carried out, in dynsec's words. Thrown by commands; `runCommands` makes the reply of it. */
export class CommandRefusal extends Error {
  constructor(readonly answer: string) {
    super(answer);
    this.name = 'CommandRefusal';
  }
}

/** @throws CommandRefusal */
export function refuse(answer: string): never {
  throw new CommandRefusal(answer);
}
