import { Command } from 'commander';
import { findTemplate } from '../gate/templates/realm-templates.js';
import type { RoleTemplate, TemplateCatalogue } from '../gate/templates/role-template.js';
import { TemplateError } from '../gate/templates/template-error.js';
import type { ApplyOptions } from './apply-template.js';
import { applyTemplate } from './apply-template.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { CommandError } from './command-error.js';
import { templateListText, templateText } from './output/templates-text.js';
import { visibleJson } from './output/visible.js';
import { addServiceOptions } from './service-options.js';
import { addWaitOption } from './wait-option.js';

/** What this command needs from outside. */
export interface TemplateSurroundings extends ClientSurroundings {
  /** Those that ship with the product. */
  loadTemplates(): Promise<TemplateCatalogue>;
}

/** `gatehouse templates`: roles for common cases, made of templates by the same commands as any other role. */
export function createTemplatesCommand(surroundings: TemplateSurroundings): Command {
  return new Command('templates')
    .description('Make roles of templates.')
    .addCommand(createListCommand(surroundings))
    .addCommand(createShowCommand(surroundings))
    .addCommand(createApplyCommand(surroundings));
}

interface JsonOption {
  readonly json?: true;
}

function createListCommand(surroundings: TemplateSurroundings): Command {
  return new Command('list')
    .description('List the templates.')
    .option('--json', 'print JSON')
    .action(async ({ json }: JsonOption) => {
      const templates = [...(await surroundings.loadTemplates()).values()];
      const listed = templates.map(({ name, title }) => ({ name, title }));
      surroundings.print(json ? visibleJson({ templates: listed }) : templateListText(templates));
    });
}

function createShowCommand(surroundings: TemplateSurroundings): Command {
  return new Command('show')
    .description('Show what a template makes, and with which parameters.')
    .argument('<name>', 'the template')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: JsonOption) => {
      const template = await templateNamed(surroundings, name);
      const parameters = Object.fromEntries(template.parameters);
      surroundings.print(json ? visibleJson({ ...template, parameters }) : templateText(template));
    });
}

function createApplyCommand(surroundings: TemplateSurroundings): Command {
  const command = new Command('apply')
    .description('Make a role of a template.')
    .argument('<name>', 'the template')
    .option('--set <parameter=value...>', 'values for parameters; the others have their defaults')
    .option('--role <name>', 'how the role is called (default: as the template)')
    .option('--replace', 'take the place of a role of that name, of all of its ACLs')
    .option('--dry-run', 'print the commands, and run none of them')
    .option('--json', 'print the reply of the service')
    .action(async (name: string, options: ApplyOptions) => {
      await applyTemplate(surroundings, await templateNamed(surroundings, name), options);
    });
  return addServiceOptions(addWaitOption(command));
}

async function templateNamed(surroundings: TemplateSurroundings, name: string): Promise<RoleTemplate> {
  const catalogue = await surroundings.loadTemplates();
  try {
    return findTemplate(catalogue, name);
  } catch (cause) {
    if (!(cause instanceof TemplateError)) throw cause;
    throw new CommandError('invalid_configuration', cause.message, { cause });
  }
}
