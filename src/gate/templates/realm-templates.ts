import type { CommandResult, ExecuteCommands } from '../execute-commands.js';
import type { ChangeOrigin, PolicyStore } from '../ports.js';
import { expandTemplate } from './expand-template.js';
import type { RoleCommand } from './role-command.js';
import { roleCommand } from './role-command.js';
import type { RoleTemplate, TemplateCatalogue } from './role-template.js';
import { TemplateError } from './template-error.js';

/** What is to be made of a template. */
export interface TemplateApplication {
  readonly name: string;
  /** Untrusted. */
  readonly values: ReadonlyMap<string, string>;
  readonly rolename?: string | undefined;
  /** A role of that name is replaced; otherwise that is an error of the command. */
  readonly isReplacing: boolean;
}

/** The role templates, for a realm. */
export interface RealmTemplates {
  list(): readonly RoleTemplate[];
  /** @throws TemplateError where there is none of that name. */
  find(name: string): RoleTemplate;
  /** The commands that would be run. @throws TemplateError as `find`, and for values that the template does not take. */
  plan(application: TemplateApplication): readonly RoleCommand[];
  /** Runs them, all or nothing. @throws as `plan`, and as ExecuteCommands. */
  apply(application: TemplateApplication, origin: ChangeOrigin): Promise<CommandResult>;
}

/** What templates need to be applied. */
export interface TemplateDependencies {
  readonly catalogue: TemplateCatalogue;
  readonly store: PolicyStore;
  readonly execute: ExecuteCommands;
}

/** Makes the use cases. */
export function createRealmTemplates({ catalogue, store, execute }: TemplateDependencies): RealmTemplates {
  const plan = ({ name, values, rolename, isReplacing }: TemplateApplication): readonly RoleCommand[] => {
    const role = expandTemplate({ template: findTemplate(catalogue, name), values, rolename });
    return [roleCommand(role, isReplacing && store.snapshot().policy.roles.has(role.rolename))];
  };
  return {
    list: () => [...catalogue.values()],
    find: (name) => findTemplate(catalogue, name),
    plan,
    apply: (application, origin) =>
      execute({ payload: { commands: plan(application) }, origin, isAtomic: true }),
  };
}

/** @throws TemplateError where there is none of that name. */
export function findTemplate(catalogue: TemplateCatalogue, name: string): RoleTemplate {
  const template = catalogue.get(name);
  if (template) return template;
  const names = [...catalogue.keys()].join(', ');
  throw new TemplateError('not_found', `there is no template \`${name.slice(0, 80)}\`, but ${names}`);
}
