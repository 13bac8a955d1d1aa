import { parse } from 'yaml';
import { expandTemplate, PLACEHOLDER } from '../gate/templates/expand-template.js';
import type { RoleTemplate } from '../gate/templates/role-template.js';
import { TemplateDataError } from './template-data-error.js';
import { templateSchema } from './template-schema.js';

/**
 * Reads the data of a template.
 * @param text that of its `template.yaml`.
 * @throws TemplateDataError where it is none, or where its topics and its parameters do not fit together.
 */
export function parseTemplate(name: string, text: string): RoleTemplate {
  const result = templateSchema.safeParse(parseYaml(name, text));
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new TemplateDataError(name, problems.join('; '));
  }
  const { title, description, parameters, acls } = result.data;
  const template = { name, title, description, parameters: new Map(Object.entries(parameters)), acls };
  checkParameters(template);
  return template;
}

function parseYaml(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new TemplateDataError(name, cause instanceof Error ? cause.message : 'is no YAML', { cause });
  }
}

/** Every parameter stands in a topic, nothing else does, and the defaults make a role. */
function checkParameters(template: RoleTemplate): void {
  const { name, parameters, acls } = template;
  const used = new Set(
    acls.flatMap(({ topic }) => Array.from(topic.matchAll(PLACEHOLDER), ([, one]) => one)),
  );
  for (const parameter of parameters.keys()) {
    if (!used.delete(parameter))
      throw new TemplateDataError(name, `no topic holds parameter \`${parameter}\``);
  }
  if (used.size > 0) throw new TemplateDataError(name, `there is no parameter ${[...used].join(', ')}`);
  const values = new Map([...parameters].map(([parameter, { default: value }]) => [parameter, value]));
  try {
    expandTemplate({ template, values });
  } catch (cause) {
    throw new TemplateDataError(name, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
