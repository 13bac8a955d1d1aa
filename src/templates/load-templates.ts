import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoleTemplate, TemplateCatalogue } from '../gate/templates/role-template.js';
import { parseTemplate } from './parse-template.js';

/** The file of a template, in the folder that has its name. */
const TEMPLATE_FILE = 'template.yaml';

/**
 * Reads all templates of a folder, each in a folder of its own.
 * @throws TemplateDataError where one is not as it should be, and the errors of files.
 */
export async function loadTemplates(folder: string): Promise<TemplateCatalogue> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const templates = names.sort().map(async (name): Promise<[string, RoleTemplate]> => {
    return [name, parseTemplate(name, await readFile(join(folder, name, TEMPLATE_FILE), 'utf8'))];
  });
  return new Map(await Promise.all(templates));
}
