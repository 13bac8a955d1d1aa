/** The part of docs/templates.md that says of each template what it is, as the templates have it. */
import { describeType } from '../../src/cli/output/templates-text.js';
import type { RoleTemplate, TemplateCatalogue } from '../../src/gate/templates/role-template.js';

/** Every template, a section each. */
export function templateDocs(catalogue: TemplateCatalogue): string {
  return [...catalogue.values()].map(templateSection).join('\n');
}

function templateSection({ name, title, description, parameters, acls }: RoleTemplate): string {
  const parameterRows = [...parameters].map(([parameter, properties]) => [
    code(parameter),
    code(properties.default),
    describeType(properties),
    properties.description,
  ]);
  const aclRows = acls.map(({ acltype, topic, allow, priority }) => [
    `${allow ? 'allow' : '**deny**'}${priority === 0 ? '' : `, priority ${String(priority)}`}`,
    acltype,
    code(topic),
  ]);
  return [
    `### ${name}`,
    '',
    `${title}. [Policy](../templates/${name}/policy.json), [cases](../templates/${name}/cases.yaml).`,
    '',
    description,
    '',
    ...table(['parameter', 'default', 'takes', ''], parameterRows),
    '',
    ...table(['', 'ACL type', 'topic'], aclRows),
    '',
  ].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) =>
    `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |'),
  );
}
