/**
 * A realm in memory to which the tests send commands, as a gate would.
 */
import type { BatchOutcome, CommandReply } from '../../../src/dynsec/commands/run-commands.js';
import { runCommands } from '../../../src/dynsec/commands/run-commands.js';
import { parseConfiguration } from '../../../src/dynsec/document/parse-configuration.js';
import { toDocument } from '../../../src/dynsec/document/to-document.js';
import type { Commit } from '../../../src/store/memory/memory-realm.js';
import { MemoryRealm } from '../../../src/store/memory/memory-realm.js';
import type { Kicked } from '../../../src/store/memory/resolve-kicks.js';

const EMPTY = { clients: [], groups: [], roles: [] };
const FORGOTTEN = { mint: () => 'forgotten', hashedPassword: () => ({ encoded: 'forgotten' }) };
const POLICY = { sharedSubscriptions: 'dynsec', allowAnonymous: true } as const;

/** What became of a request. */
export interface Ran {
  readonly responses: readonly CommandReply[];
  readonly isUndone: boolean;
  readonly kicked: readonly Kicked[];
  readonly commit: Commit | undefined;
}

/** One realm. */
export class TestRealm {
  #realm: MemoryRealm;
  #minted = 0;

  /** @param document a parsed dynamic-security.json. */
  constructor(document: unknown = EMPTY) {
    this.#realm = new MemoryRealm({ configuration: parsed(document), policy: POLICY });
  }

  get realm(): MemoryRealm {
    return this.#realm;
  }

  /** Sends a request; the hash of each password is a text that names the command that brought it. */
  send(payload: unknown, options: { readonly atomic?: boolean } = {}): Ran {
    const draft = this.#realm.draft();
    const outcome: BatchOutcome = runCommands(draft, payload, {
      mint: () => `minted-${String(++this.#minted)}`,
      hashedPassword: (commandIndex) => ({ encoded: `hash-${String(commandIndex)}` }),
      ...options,
    });
    const { responses } = outcome.reply;
    if (outcome.isUndone) return { responses, isUndone: true, kicked: [], commit: undefined };
    const commit = this.#realm.commit(draft);
    return { responses, isUndone: false, kicked: commit.kicked(), commit };
  }

  /** Sends commands. */
  run(...commands: readonly object[]): Ran {
    return this.send({ commands });
  }

  /** The whole reply to one command. */
  reply(command: object): CommandReply | undefined {
    return this.run(command).responses[0];
  }

  /** What the reply to one command would be; nothing is changed. */
  ask(command: object): CommandReply | undefined {
    return runCommands(this.#realm.draft(), { commands: [command] }, FORGOTTEN).reply.responses[0];
  }

  /** The error of one command, or undefined. */
  error(command: object): string | undefined {
    return this.reply(command)?.error;
  }

  /** The data of one command. */
  data(command: object): unknown {
    return this.reply(command)?.data;
  }

  /** The realm as a dynamic-security.json. */
  document(): object {
    return toDocument(this.#realm.configuration());
  }

  /** Writes the realm down and reads it again, as a server that starts anew does. */
  restart(): void {
    const document: unknown = JSON.parse(JSON.stringify(this.document()));
    this.#realm = new MemoryRealm({ configuration: parsed(document), policy: POLICY });
  }
}

function parsed(document: unknown) {
  const { configuration, findings } = parseConfiguration(document);
  if (!configuration) throw new TypeError(`the document cannot be taken: ${JSON.stringify(findings)}`);
  return configuration;
}
