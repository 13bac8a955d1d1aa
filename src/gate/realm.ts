import type { AdministratorWatch } from './administer.js';
import { createWatchAdministrator } from './administer.js';
import { createAuthorize } from './authorize.js';
import type { CommandDependencies, ExecuteCommands } from './execute-commands.js';
import { createExecuteCommands } from './execute-commands.js';
import type { ChangeLog } from './ports.js';
import type { RealmDocument } from './realm-document.js';
import { createRealmDocument } from './realm-document.js';
import type { RealmTemplates } from './templates/realm-templates.js';
import { createRealmTemplates } from './templates/realm-templates.js';
import type { TemplateCatalogue } from './templates/role-template.js';

/** The use cases of those who administer a realm. */
export interface Realm {
  readonly execute: ExecuteCommands;
  readonly document: RealmDocument;
  readonly templates: RealmTemplates;
  readonly changes: ChangeLog;
  readonly watchAdministrator: (username: string) => AdministratorWatch;
  /** Of the state in force. */
  revision(): string;
}

/** What these need from outside. */
export interface RealmDependencies extends CommandDependencies {
  readonly catalogue: TemplateCatalogue;
}

/** Wires them to it. */
export function createRealm(dependencies: RealmDependencies): Realm {
  const { store, catalogue } = dependencies;
  const execute = createExecuteCommands(dependencies);
  return {
    execute,
    document: createRealmDocument(store),
    templates: createRealmTemplates({ catalogue, store, execute }),
    changes: store.changes,
    watchAdministrator: createWatchAdministrator(store, createAuthorize(store)),
    revision: () => store.snapshot().revision,
  };
}
