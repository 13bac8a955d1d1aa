import { problemOfValue } from './check-value.js';
import type { RoleTemplate } from './role-template.js';
import { TemplateError } from './template-error.js';

/** How much of a value is shown. */
const MAX_SHOWN = 80;

/**
 * The values of all parameters of a template: those given, and the defaults of the others.
 * @param given untrusted.
 * @throws TemplateError that names every parameter that there is none of, and every value that is none.
 */
export function readValues(
  { name: template, parameters }: RoleTemplate,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const problems = [...given].flatMap(([name, value]) => {
    const parameter = parameters.get(name);
    if (!parameter) return [describeUnknown(template, name, [...parameters.keys()])];
    const problem = problemOfValue(parameter, value);
    return problem === undefined ? [] : [`${name}: \`${value.slice(0, MAX_SHOWN)}\` ${problem}`];
  });
  if (problems.length > 0) throw new TemplateError('invalid_request', problems.join('; '));
  return new Map([...parameters].map(([name, parameter]) => [name, given.get(name) ?? parameter.default]));
}

function describeUnknown(template: string, name: string, known: readonly string[]): string {
  return `${name.slice(0, MAX_SHOWN)}: template \`${template}\` has no such parameter, but ${known.join(', ')}`;
}
