import type { ExpandedRole } from '../../gate/templates/expand-template.js';
import type { RoleTemplate, TemplateParameter } from '../../gate/templates/role-template.js';
import { describeAcl } from './explain-text.js';

const WIDTH = 100;

/** One line for each template. */
export function templateListText(templates: readonly RoleTemplate[]): string {
  const width = Math.max(...templates.map(({ name }) => name.length));
  return templates.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join('');
}

/** Everything about a template. */
export function templateText({ name, title, description, parameters, acls }: RoleTemplate): string {
  return [
    `${name}: ${title}`,
    '',
    ...wrap(description),
    '',
    'Parameters:',
    ...[...parameters].flatMap(([parameter, properties]) => parameterLines(parameter, properties)),
    '',
    'ACLs:',
    ...acls.map((acl) => `  ${describeAcl(acl)}`),
    '',
  ].join('\n');
}

function parameterLines(name: string, parameter: TemplateParameter): readonly string[] {
  return [
    `  ${name}=${parameter.default}`,
    ...wrap(`${parameter.description}; ${describeType(parameter)}`).map((line) => `      ${line}`),
  ];
}

const TYPES = { level: 'one level', prefix: 'one level or several', filter: 'a topic filter' } as const;
const ALLOWED = { wildcards: 'wildcards', variables: 'variables', $SYS: '`$SYS`' } as const;

/** What a parameter takes, in a few words. */
export function describeType(parameter: TemplateParameter): string {
  if (parameter.type === 'attribute') return 'the name of an attribute';
  if (parameter.type === 'choice') return parameter.choices.map((choice) => `\`${choice}\``).join(' or ');
  const allowed = parameter.allows.map((allowance) => ALLOWED[allowance]);
  return `${TYPES[parameter.type]}${allowed.length > 0 ? ` (${allowed.join(', ')})` : ''}`;
}

/** The rules of a role that is about to be. */
export function roleText({ acls }: ExpandedRole): string {
  return acls.map((acl) => `  ${describeAcl(acl)}\n`).join('');
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
