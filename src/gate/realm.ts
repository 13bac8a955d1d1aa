import type { AdministratorWatch } from './administer.js';
import { createWatchAdministrator } from './administer.js';
import { createAuthorize } from './authorize.js';
import type { CommandDependencies, ExecuteCommands } from './execute-commands.js';
import { createExecuteCommands } from './execute-commands.js';
import type { ChangeLog } from './ports.js';
import type { RealmDocument } from './realm-document.js';
import { createRealmDocument } from './realm-document.js';

/** The use cases of those who administer a realm. */
export interface Realm {
  readonly execute: ExecuteCommands;
  readonly document: RealmDocument;
  readonly changes: ChangeLog;
  readonly watchAdministrator: (username: string) => AdministratorWatch;
  /** Of the state in force. */
  revision(): string;
}

/** Wires them to what they need from outside. */
export function createRealm(dependencies: CommandDependencies): Realm {
  const { store } = dependencies;
  return {
    execute: createExecuteCommands(dependencies),
    document: createRealmDocument(store),
    changes: store.changes,
    watchAdministrator: createWatchAdministrator(store, createAuthorize(store)),
    revision: () => store.snapshot().revision,
  };
}
