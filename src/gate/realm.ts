import type { AdministratorWatch } from './administer.js';
import { createWatchAdministrator } from './administer.js';
import { createAuthorize } from './authorize.js';
import type { AskEnforcement, EnforcementOptions, FindEnforcement } from './enforcement.js';
import { createAwaitEnforcement, createFindEnforcement } from './enforcement.js';
import type { CommandDependencies, ExecuteCommands } from './execute-commands.js';
import { createExecuteCommands } from './execute-commands.js';
import type { ChangeLog, Fleet, IsUsablePassword } from './ports.js';
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
  /** Which instances enforce a state; the second asks until all do, for some seconds. */
  readonly findEnforcement: FindEnforcement;
  readonly awaitEnforcement: AskEnforcement;
  /** Takes over what was written into the store by hand. @throws as the commands. */
  readonly touch: Fleet['touch'];
  /** Of the state in force. */
  revision(): string;
}

/** What these need from outside. */
export interface RealmDependencies extends CommandDependencies, EnforcementOptions {
  readonly catalogue: TemplateCatalogue;
  readonly isUsablePassword: IsUsablePassword;
}

/** Wires them to it. */
export function createRealm(dependencies: RealmDependencies): Realm {
  const { store, catalogue, isUsablePassword } = dependencies;
  const execute = createExecuteCommands(dependencies);
  return {
    execute,
    document: createRealmDocument({ store, isUsablePassword }),
    templates: createRealmTemplates({ catalogue, store, execute }),
    // Not before there is a state.
    get changes() {
      return store.changes;
    },
    watchAdministrator: createWatchAdministrator(store, createAuthorize(store)),
    findEnforcement: createFindEnforcement(dependencies),
    awaitEnforcement: createAwaitEnforcement(dependencies),
    touch: (origin) => dependencies.fleet.touch(origin),
    revision: () => store.snapshot().revision,
  };
}
